"""What really happened, labelled by people: a table or a list of events, for rules to be measured by.

    subject,start,end,real
    rpi-toba:water_level,2024-06-23T18:00,2024-06-23T23:00,true
    *,2024-11-02T12:00,2024-11-02T18:00

CSV, or YAML with a list of mappings of the same keys. `subject` is a series, a device, a group, or `*` for anywhere;
times are Japan's where they name no offset; `real` is true where it is left out. Where no line says false, the file is
taken to say everything that happened.

Or the reasons with which people closed a rule's alerts: what nobody closed is not known.
"""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from alerts.score import Event
from city.decision import ClosingReason
from city.errors import Mistake, MistakesError, Place
from city.rule import Rule
from city.section import file_sections
from megane.city_files import read_file
from megane.history import HistoryError, Moments, moment_ms
from megane.past_alerts import closed_alerts
from megane.settings import Settings

COLUMNS: Final = ("subject", "start", "end")
REAL: Final = "real"
CLOSINGS: Final = "closings"
# Exercises and maintenance say nothing of a rule.
REASONS: Final[Mapping[ClosingReason | None, bool]] = {
    ClosingReason.TRUE_ALARM: True,
    ClosingReason.FALSE_ALARM: False,
}
FLAGS: Final = {"true": True, "false": False, "": True}


@dataclass(frozen=True, slots=True)
class Labels:
    """Events, and whether they are all that there were."""

    events: Sequence[Event]
    whole: bool


def closings(settings: Settings, rule: Rule, moments: Moments) -> Labels:
    """The alerts of a rule that people closed as true or as false alarms. Raises a UserError where no city is there."""
    alerts = [alert for alert in closed_alerts(settings, moments) if alert.rule == rule.id]
    return Labels(
        [
            Event(alert.subject, alert.raised_ms, alert.resolved_ms or moments.end_ms, REASONS[alert.reason])
            for alert in alerts
            if alert.reason in REASONS
        ],
        whole=False,
    )


def read_labels(file: Path) -> list[Event]:
    """The events in a file, in its order. Raises MistakesError with everything that is wrong in it."""
    text = read_file(file).removeprefix("\ufeff")  # Excel begins UTF-8 with a mark
    mistakes: list[Mistake] = []
    if file.suffix in {".yaml", ".yml"}:
        events = _from_yaml(text, str(file), mistakes)
    else:
        events = _from_csv(text, str(file), mistakes)
    if not events and not mistakes:
        mistakes.append(Mistake.at(Place(str(file)), "tune.no-events"))
    if mistakes:
        raise MistakesError(mistakes)
    return events


def _from_yaml(text: str, file: str, mistakes: list[Mistake]) -> list[Event]:
    found = []
    for section in file_sections(text, file, mistakes):
        subject, start, end = (section.text(key) for key in COLUMNS)
        real = section.flag(REAL, default=True)
        found += _event(section.place, subject, start, end, real, mistakes)
    return found


def _from_csv(text: str, file: str, mistakes: list[Mistake]) -> list[Event]:
    rows = csv.DictReader(io.StringIO(text))
    header: Sequence[str] = rows.fieldnames or ()
    unknown = set(header) - {*COLUMNS, REAL}
    if unknown or not set(COLUMNS) <= set(header):
        mistakes.append(Mistake.at(Place(file, 1), "tune.columns", columns=",".join((*COLUMNS, f"[{REAL}]"))))
        return []
    found = []
    for row in rows:
        place = Place(file, rows.line_num)
        if None in row.values() or None in row:
            mistakes.append(Mistake.at(place, "tune.cells", wanted=len(header)))
            continue
        flag = (row.get(REAL) or "").strip().lower()
        if flag not in FLAGS:
            mistakes.append(Mistake.at(place, "tune.flag", found=flag[:40]))
            continue
        subject, start, end = (row[key].strip() for key in COLUMNS)
        found += _event(place, subject, start, end, FLAGS[flag], mistakes)
    return found


def _event(
    place: Place,
    subject: str,
    start: str,
    end: str,
    real: bool,  # noqa: FBT001  a column
    mistakes: list[Mistake],
) -> list[Event]:
    """One event, or none and a mistake."""
    start_ms, end_ms = (_moment_ms(text) for text in (start, end))
    for text, ms in ((start, start_ms), (end, end_ms)):
        if ms is None and text:
            mistakes.append(Mistake.at(place, "tune.time", found=text[:40]))
    if not subject or start_ms is None or end_ms is None:
        if not (subject and start and end):
            mistakes.append(Mistake.at(place, "tune.empty"))
        return []
    if start_ms >= end_ms:
        mistakes.append(Mistake.at(place, "tune.order"))
        return []
    return [Event(subject, start_ms, end_ms, real)]


def _moment_ms(text: str) -> int | None:
    try:
        return moment_ms(text)
    except HistoryError:
        return None
