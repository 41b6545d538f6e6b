"""`case` opens a case with a section of the city, `close_case` closes those that the run opened."""

from dataclasses import dataclass
from typing import Final

from administration.steps.step import ReadSteps, Step, StepKind
from administration.template import read_template
from city.messages.text import Text
from city.section import Section


@dataclass(frozen=True, slots=True)
class OpenCase(Step):
    """The step as configured. section: the department that works on it. title: a template."""

    section: str
    title: str
    due_ms: int | None
    checklist: tuple[str, ...]

    @classmethod
    def read(cls, section: Section, _: ReadSteps) -> "OpenCase":
        """From `{section: …, title: …, due: 30m, checklist: […]}`."""
        return cls(
            section.name("section"),
            read_template(section, "title"),
            section.duration_ms("due", default=None),
            tuple(item.text() for item in section.items("checklist")),
        )


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
        ja="課の案件を開きます。番号、期限、確認項目が付き、事案と結び付きます。",
        en="Opens a case with a section, with a number, a due time and a checklist, tied to the incident.",
    ),
    examples=('case: {section: bosai, title: "{incident.title}", due: 30m, checklist: [巡視, 水門確認]}',),
    read=OpenCase.read,
)

CLOSE_CASE: Final = StepKind(
    name="close_case",
    documentation=Text(ja="この事案で開いた案件を閉じます。", en="Closes the cases that this run opened."),
    examples=("close_case: {}", "close_case: {reason: 水位が下がったため}"),
    read=CloseCase.read,
)
