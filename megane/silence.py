"""`megane silence add | list | lift`: what nobody wants to be told of, told to the running city."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final
from urllib.parse import quote

import msgspec
from rich.console import Console
from rich.table import Table

from api.moment import iso, read_duration, read_moment
from city.messages import say
from city.messages.text import Lang
from megane.clocks import SystemClock
from megane.decide import NotAllDoneError, running_city, who
from megane.episodes import TOKYO

COLUMNS: Final = ("id", "what", "from", "to", "by", "text")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be silenced, as it was asked for; `duration` in place of `end`."""

    rules: Sequence[str]
    subjects: Sequence[str]
    areas: Sequence[str]
    severity: int | None
    start: str | None
    end: str | None
    duration: str | None
    schedule: str
    by: str | None
    text: str


class _Silenced(msgspec.Struct, frozen=True):
    id: str
    position: int


class _Lift(msgspec.Struct, frozen=True):
    id: str
    position: int | None
    problem: dict[Lang, str] | None


class _Lifted(msgspec.Struct, frozen=True):
    done: int
    outcomes: list[_Lift]


class _Silence(msgspec.Struct, frozen=True):
    id: str
    rules: list[str]
    subjects: list[str]
    areas: list[str]
    severity_at_most: int | None
    from_: datetime = msgspec.field(name="from")
    to: datetime | None
    by: str
    text: str


class _Silences(msgspec.Struct, frozen=True):
    silences: list[_Silence]


def run_add(home: Path | None, wanted: Wanted, key: str | None, *, as_json: bool, lang: Lang) -> None:
    """Silences. Raises NotRunningError where no city runs there, LocalApiError with what it says against it."""
    end = wanted.end
    if wanted.duration is not None:
        start_ms = SystemClock().now_ms() if wanted.start is None else read_moment("--from", wanted.start)
        end = iso(start_ms + read_duration("--for", wanted.duration))
    body = {
        "by": who(wanted.by),
        "text": wanted.text,
        "rules": list(wanted.rules),
        "subjects": list(wanted.subjects),
        "areas": list(wanted.areas),
        "severity_at_most": wanted.severity,
        "from": wanted.start,
        "to": end,
        "schedule": wanted.schedule,
    }
    answer = running_city(home).post("/v1/silences", body, key or secrets.token_hex(16))
    _print(answer, "decisions.silenced", as_json=as_json, lang=lang)


def run_list(home: Path | None, *, over: bool, as_json: bool, lang: Lang) -> None:
    """Prints silences, the newest first."""
    answer = running_city(home).get("/v1/silences", over=str(over).lower())
    if as_json:
        print(answer.decode())  # noqa: T201  the command's result
        return
    silences = msgspec.json.decode(answer, type=_Silences).silences
    table = Table(box=None)
    for column in COLUMNS:
        table.add_column(say(f"decisions.column-{column}", lang), overflow="fold")
    for one in silences:
        grave = [] if one.severity_at_most is None else [f"≤ {one.severity_at_most}"]
        what = ", ".join([*one.rules, *one.subjects, *one.areas, *grave])
        table.add_row(one.id, what, _local(one.from_), _local(one.to), one.by, one.text)
    Console(markup=False).print(table if silences else say("decisions.no-silences", lang))


def run_lift(
    home: Path | None, idents: Sequence[str], by: str | None, text: str, key: str | None, *, as_json: bool, lang: Lang
) -> None:
    """Lifts one, or several. Raises NotAllDoneError where some of several were not."""
    api, body, key = running_city(home), {"by": who(by), "text": text}, key or secrets.token_hex(16)
    if len(idents) == 1:
        answer = api.post(f"/v1/silences/{quote(idents[0], safe='')}/lift", body, key)
        _print(answer, "decisions.done", as_json=as_json, lang=lang)
        return
    answer = api.post("/v1/silences/lift", body | {"ids": list(idents)}, key)
    if as_json:
        print(answer.decode())  # noqa: T201  the command's result
    found = msgspec.json.decode(answer, type=_Lifted)
    for one in found.outcomes if not as_json else ():
        said = one.problem[lang] if one.problem else say("decisions.done", lang, position=one.position)
        Console(highlight=False, markup=False, soft_wrap=True).print(f"{one.id}: {said}")
    if found.done < len(found.outcomes):
        raise NotAllDoneError("decisions.not-all", missing=len(found.outcomes) - found.done, all=len(found.outcomes))


def _print(answer: bytes, key: str, *, as_json: bool, lang: Lang) -> None:
    if as_json:
        print(answer.decode())  # noqa: T201  the command's result
        return
    said = msgspec.json.decode(answer, type=_Silenced)
    Console(highlight=False, markup=False).print(say(key, lang, id=said.id, position=said.position))


def _local(moment: datetime | None) -> str:
    return "" if moment is None else moment.astimezone(TOKYO).strftime("%Y-%m-%d %H:%M")
