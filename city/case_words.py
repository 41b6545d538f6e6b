"""Cases in words: numbers, states and the lines of their histories, as staff read them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from city.case import Case, CaseState, Line, LineKind
from city.fiscal_year import written_year
from city.messages import CATALOGUE, say
from city.messages.text import Lang, Text
from city.schedule import TOKYO

_TOLD_AT_MOST: Final = 5  # of what changed meanwhile: who was away for longer reads the case anew


def number_text(case: Case, section: Text) -> Text:
    """`令和8年度 防災危機管理課 第12号` / `2026-bosai-12`."""
    return Text(ja=f"{written_year(case.year).ja} {section.ja} 第{case.number}号", en=case.id)


def state_text(state: CaseState) -> Text:
    """A state's name."""
    return CATALOGUE[f"case.state-{state}"]


def told(line: Line) -> Text:
    """What a line tells, without who and when: `担当: なし → 鯖江 花子`."""
    fields = {"was": _value(line.kind, line.was), "becomes": _value(line.kind, line.becomes)}
    key = f"case.line-{line.kind}"
    return _both(key, fields | {"text": _beside(line)})


def told_all(lines: Sequence[Line]) -> Text:
    """The newest of some lines with their names: `鯖江 花子 … / 鯖江 太郎 …`."""
    newest = lines[-_TOLD_AT_MOST:]
    each = [_both("case.line-by", {"by": line.by, "what": told(line)}) for line in newest]
    if not each:
        return CATALOGUE["case.nothing"]
    return Text(ja=" / ".join(text.ja for text in each), en=" / ".join(text.en for text in each))


def _value(kind: LineKind, value: str | None) -> Text | str:
    if value is None:
        return CATALOGUE["case.none"]
    if kind is LineKind.STATE:
        return state_text(CaseState(value))
    if kind is LineKind.DUE:
        return f"{datetime.fromisoformat(value).astimezone(ZoneInfo(TOKYO)):%Y-%m-%d %H:%M}"
    return value


def _beside(line: Line) -> Text | str:
    """Their words; of a comment nothing but them, of anything else in brackets."""
    if not line.text or line.kind is LineKind.COMMENT:
        return line.text
    return Text(ja=f"（{line.text}）", en=f" ({line.text})")


def _both(key: str, fields: dict[str, Text | str]) -> Text:
    return Text(ja=say(key, Lang.JA, **fields), en=say(key, Lang.EN, **fields))
