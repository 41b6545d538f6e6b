"""`case` opens a case with a section of the city, `close_case` closes those that the run opened."""

from dataclasses import dataclass
from typing import Final

from administration.steps.step import ReadSteps, Step, StepKind
from administration.template import read_template
from city.due import Due, DueError
from city.messages.text import Text
from city.section import Section


@dataclass(frozen=True, slots=True)
class OpenCase(Step):
    """The step as configured. section: the department that works on it. title: a template. due: None: whenever."""

    section: str
    title: str
    due: Due | None
    checklist: tuple[str, ...]

    @classmethod
    def read(cls, section: Section, _: ReadSteps) -> "OpenCase":
        """From `{section: …, title: …, due: 30m, checklist: […]}`."""
        return cls(
            section.name("section"),
            read_template(section, "title"),
            _read_due(section),
            tuple(item.text() for item in section.items("checklist")),
        )

    def due_ms(self, now_ms: int) -> int | None:
        """When a case that is opened now should be over; None: whenever. Raises DueError past 2099."""
        return None if self.due is None else self.due.end_ms(now_ms)


def _read_due(section: Section) -> Due | None:
    if not section.has("due"):
        section.optional("due")
        return None
    value = section.value("due")
    text = value.text()
    try:
        return Due.parse(text)
    except DueError:
        if text:
            value.wrong("administration.case_due", found=text[:40])
        return None


@dataclass(frozen=True, slots=True)
class CloseCase(Step):
    """The step as configured."""

    reason: str | None

    @classmethod
    def read(cls, section: Section, _: ReadSteps) -> "CloseCase":
        """From `{}` or `{reason: …}`."""
        return cls(read_template(section, "reason") if section.has("reason") else None)


CASE: Final = StepKind(
    name="case",
    documentation=Text(
        ja="課の案件を開きます。番号、期限(30m、2h、3d、開庁日なら 2bd)、確認項目が付き、事案と結び付きます。",
        en="Opens a case with a section, with a number, a due time (30m, 2h, 3d; 2bd in business days) and a "
        "checklist, tied to the incident.",
    ),
    examples=(
        'case: {section: bosai, title: "{incident.title}", due: 30m, checklist: [巡視, 水門確認]}',
        'case: {section: digital, title: "{incident.title}", due: 5bd}',
    ),
    read=OpenCase.read,
)

CLOSE_CASE: Final = StepKind(
    name="close_case",
    documentation=Text(ja="この事案で開いた案件を閉じます。", en="Closes the cases that this run opened."),
    examples=("close_case: {}", "close_case: {reason: 水位が下がったため}"),
    read=CloseCase.read,
)
