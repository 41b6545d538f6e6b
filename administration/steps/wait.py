"""`wait`: lets time pass."""

from dataclasses import dataclass
from typing import Final

from administration.steps.step import ReadSteps, Step, StepKind
from city.messages.text import Text
from city.section import Section


@dataclass(frozen=True, slots=True)
class Wait(Step):
    """The step as configured."""

    for_ms: int

    @classmethod
    def read(cls, section: Section, _: ReadSteps) -> "Wait":
        """From `{for: 10m}`."""
        for_ms = section.duration_ms("for")
        if section.has("for") and not for_ms:
            section.value("for").wrong("administration.duration_zero", key="for")
        return cls(for_ms)


WAIT: Final = StepKind(
    name="wait",
    documentation=Text(
        ja="決めた時間だけ待ちます。その間に事案が終われば、続きは行いません。",
        en="Waits so long. What follows is not done when the incident is over before.",
    ),
    examples=("wait: {for: 10m}",),
    read=Wait.read,
)
