"""`branch`: goes one way or the other."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from administration.steps.step import PlaybookStep, ReadSteps, Step, StepKind
from city.messages.text import Text
from city.schedule import Schedule
from city.schedule_file import read_schedules
from city.section import Section
from city.subject import Subject
from city.timetable import Timetable

THEN: Final = "then"
ELSE: Final = "else"


@dataclass(frozen=True, slots=True)
class Branch(Step):
    """The step as configured. What is not None, or not empty, must hold together.

    severity: the incident's is at least this now. schedule: now is inside one of them
    site, area: where the alert that opened the incident is, one of these
    """

    severity: int | None
    schedule: tuple[Schedule, ...]
    then: tuple[PlaybookStep, ...]
    otherwise: tuple[PlaybookStep, ...]
    site: frozenset[str] = frozenset()
    area: frozenset[str] = frozenset()

    @property
    def blocks(self) -> Mapping[str, tuple[PlaybookStep, ...]]:
        """Both ways."""
        return {THEN: self.then, ELSE: self.otherwise}

    def holds(self, severity: int, subject: Subject, now_ms: int) -> bool:
        """Whether it goes `then`: for an incident that is so severe now and was opened by an alert of the subject."""
        return (
            (self.severity is None or severity >= self.severity)
            and (not self.site or subject.site in self.site)
            and (not self.area or subject.area in self.area)
            and (not self.schedule or bool(Timetable(self.schedule).inside(np.array([now_ms], np.int64))[0]))
        )

    @classmethod
    def read(cls, section: Section, steps: ReadSteps) -> "Branch":
        """From `{when: {severity: 4, schedule: {…}, site: […], area: […]}, then: […], else: […]}`."""
        section.value("when")
        when = section.section("when")
        severity = when.integer("severity", low=1, high=5, default=None)
        schedule = read_schedules(when, "schedule")
        site, area = (frozenset(when.names(key, default=())) for key in ("site", "area"))
        if section.has("when") and severity is None and not (schedule or site or area):
            section.value("when").wrong("administration.branch_nothing")
        section.value(THEN)
        return cls(severity, schedule, steps(section, THEN), steps(section, ELSE), site, area)


BRANCH: Final = StepKind(
    name="branch",
    documentation=Text(
        ja="重大度、曜日・時間帯、最初の警報の場所(site、area)で分かれます。when の条件がすべて成り立てば then、"
        "そうでなければ else を行い、続きに戻ります。",
        en="Goes one way or the other by severity, by day and hour, or by where the first alert is (site, area): when "
        "all that stands under when holds, then, if not, else; and after either on with what follows.",
    ),
    examples=(
        "branch: {when: {severity: 4}, then: [wait: {for: 5m}], else: [wait: {for: 30m}]}",
        "branch: {when: {schedule: {times: 8:30-17:15, holidays: false}}, then: [webhook: {}]}",
        "branch: {when: {area: [kawada, nakagawa]}, then: [webhook: {to: josetsu-tobu}]}",
    ),
    read=Branch.read,
)
