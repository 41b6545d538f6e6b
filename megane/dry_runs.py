"""`megane playbook try`: a playbook with its effects shown and none carried out."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import msgspec

from administration.dry_run import Situation, Supposed, SupposedAnswer, dry_run
from administration.dry_run_lines import DeviceReply
from administration.playbook import Playbook
from alerts.grouping import subjects
from alerts.plan import conditions_of
from city.due import Due
from city.messages.text import Lang
from city.reading import SeriesKey
from city.rule import Rule
from city.run import Answer
from city.subject import subject_of
from megane.dry_run_table import print_dry_run
from megane.history import moment_ms
from megane.playbooks import CityPlaybooks, PlaybookError
from megane.settings import Settings

NOBODY: Final = "none"
# Of an incident that a person opens there is no rule to say it; 3 is what needs somebody to act.
SEVERITY: Final = 3
_ANSWER: Final = re.compile(rf"([a-z0-9_.]+)=({'|'.join(Answer)}|{NOBODY})(?:@(\w+))?", re.ASCII)
_DEVICE: Final = re.compile(rf"([a-z0-9_.]+)=({'|'.join(DeviceReply)})", re.ASCII)
_END_MS: Final = 4_102_412_400_000  # 2100 in Japan: so far holidays are known


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be tried, as a person wrote it; what is None follows from the rest."""

    playbook: str
    rule: str | None = None
    subject: str | None = None
    severity: int | None = None
    answers: Sequence[str] = ()
    devices: Sequence[str] = ()
    resolved_after: str | None = None
    at: str | None = None


def run_try(settings: Settings, wanted: Wanted, now_ms: int, *, as_json: bool, lang: Lang) -> None:
    """The command. Raises a UserError naming what is not there, or cannot be read."""
    city = CityPlaybooks.load(settings)
    playbook = city.playbook(wanted.playbook)
    found = dry_run(playbook, city.catalog, situation(city, playbook, wanted, now_ms), supposed(wanted))
    if as_json:
        print(msgspec.json.encode(found).decode())  # noqa: T201  the command's result
    else:
        print_dry_run(found, lang)


def situation(city: CityPlaybooks, playbook: Playbook, wanted: Wanted, now_ms: int) -> Situation:
    """What opens the incident: what is wanted, else the first rule that starts the playbook, on its first subject."""
    starting = city.starting(playbook)
    rule = starting[0] if starting else None
    if wanted.rule is not None:
        rule = next((one for one in city.rules if one.id == wanted.rule), None)
        if rule is None:
            raise PlaybookError("playbook.unknown-rule", found=wanted.rule[:80], playbook=playbook.id)
    at_ms = now_ms // 1000 * 1000 if wanted.at is None else moment_ms(wanted.at)
    if not 0 <= at_ms < _END_MS:
        raise PlaybookError("playbook.bad-at", found=wanted.at)
    severity = wanted.severity or (SEVERITY if rule is None else rule.severity)
    return Situation(rule, _subject(city, rule, wanted.subject), severity, at_ms)


def _subject(city: CityPlaybooks, rule: Rule | None, wanted: str | None) -> str:
    catalog = city.catalog
    if wanted is None:
        possible = [] if rule is None else subjects(rule, conditions_of(rule), catalog)
        return possible[0].name if possible else min(catalog.zones)
    if subject_of(wanted, catalog).zone is None:
        example: SeriesKey | str = catalog.sensors[0].key if catalog.sensors else "device:sensor"
        raise PlaybookError("playbook.unknown-subject", found=wanted[:80], example=example)
    return wanted


def supposed(wanted: Wanted) -> Supposed:
    """What people and devices do, from what was written. Raises PlaybookError, or DueError of a time."""
    answers = {}
    for text in wanted.answers:
        found = _ANSWER.fullmatch(text)
        if found is None:
            raise PlaybookError("playbook.bad-answer", found=text[:80])
        answer = None if found[2] == NOBODY else Answer(found[2])
        answers[found[1]] = SupposedAnswer(answer, _span_ms(found[3]) if found[3] else 0)
    devices = {}
    for text in wanted.devices:
        found = _DEVICE.fullmatch(text)
        if found is None:
            raise PlaybookError("playbook.bad-device", found=text[:80])
        devices[found[1]] = DeviceReply(found[2])
    after = wanted.resolved_after
    return Supposed(answers, devices, None if after is None else _span_ms(after))


def _span_ms(text: str) -> int:
    return Due.parse(text).end_ms(0)
