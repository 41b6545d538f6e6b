"""`branch`: goes one way or the other."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from administration.steps.step import PlaybookStep, ReadSteps, Step, StepKind
from city.messages.text import Text
from city.schedule import Schedule
from city.schedule_file import read_schedules
from city.section import Section

THEN: Final = "then"
ELSE: Final = "else"


@dataclass(frozen=True, slots=True)
class Branch(Step):
    """The step as configured. What is not None, or not empty, must hold together.

    severity: the incident's is at least this now. schedule: now is inside one of them
    """

    severity: int | None
    schedule: tuple[Schedule, ...]
    then: tuple[PlaybookStep, ...]
    otherwise: tuple[PlaybookStep, ...]

    @property
    def blocks(self) -> Mapping[str, tuple[PlaybookStep, ...]]:
        """Both ways."""
        return {THEN: self.then, ELSE: self.otherwise}

    @classmethod
    def read(cls, section: Section, steps: ReadSteps) -> "Branch":
        """From `{when: {severity: 4, schedule: {…}}, then: […], else: […]}`."""
        section.value("when")
        when = section.section("when")
        severity = when.integer("severity", low=1, high=5, default=None)
        schedule = read_schedules(when, "schedule")
        if section.has("when") and severity is None and not schedule:
            section.value("when").wrong("administration.branch_nothing")
        section.value(THEN)
        return cls(severity, schedule, steps(section, THEN), steps(section, ELSE))


BRANCH: Final = StepKind(
    name="branch",
    documentation=Text(
        ja="重大度や曜日・時間帯で分かれます。when の条件がすべて成り立てば then、"
        "そうでなければ else を行い、続きに戻ります。",
        en="Goes one way or the other by severity, or by day and hour: when all that stands under when holds, then, if "
        "not, else; and after either on with what follows.",
    ),
    examples=(
        "branch: {when: {severity: 4}, then: [wait: {for: 5m}], else: [wait: {for: 30m}]}",
        "branch: {when: {schedule: {times: 8:30-17:15, holidays: false}}, then: [webhook: {}]}",
    ),
    read=Branch.read,
)
