"""`approve`: asks a person, and goes on only when they say yes."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from administration.steps.step import PlaybookStep, ReadSteps, Step, StepKind
from administration.template import read_template
from city.messages.text import Text
from city.right import Role
from city.section import Section

ON_REJECT: Final = "on_reject"
ON_EXPIRE: Final = "on_expire"


@dataclass(frozen=True, slots=True)
class Approve(Step):
    """The step as configured.

    ladder: who is asked, one after the other; each is added when those before did not answer within `within_ms`
    business_hours: that time is counted in the city's business hours only
    question: a template
    on_reject, on_expire: what is done when the answer is no, and when nobody answered; None: not said
    """

    ladder: tuple[Role, ...]
    within_ms: int
    business_hours: bool
    question: str
    on_reject: tuple[PlaybookStep, ...] | None
    on_expire: tuple[PlaybookStep, ...] | None

    @property
    def blocks(self) -> Mapping[str, tuple[PlaybookStep, ...]]:
        """What is done when the answer is no, or none."""
        return {ON_REJECT: self.on_reject or (), ON_EXPIRE: self.on_expire or ()}

    @classmethod
    def read(cls, section: Section, steps: ReadSteps) -> "Approve":
        """From `{role: mayor, deputy: [cio], within: 15m, question: …, on_reject: […], on_expire: […]}`."""
        role = section.choice("role", Role)
        deputies = tuple(item.choice(Role) for item in section.items("deputy"))
        if role in deputies or len(set(deputies)) < len(deputies):
            section.value("deputy").wrong("administration.approve_twice")
        within_ms = section.duration_ms("within")
        if section.has("within") and not within_ms:
            section.value("within").wrong("administration.duration_zero", key="within")
        return cls(
            (role, *deputies),
            within_ms,
            section.flag("business_hours", default=False),
            read_template(section, "question"),
            steps(section, ON_REJECT) if section.has(ON_REJECT) else None,
            steps(section, ON_EXPIRE) if section.has(ON_EXPIRE) else None,
        )


APPROVE: Final = StepKind(
    name="approve",
    documentation=Text(
        ja="その役職の人に尋ね、承認されたときだけ先へ進みます。within のうちに答えがなければ deputy にも順に尋ねます。"
        "だれも答えなければ on_expire を行い、承認待ちのまま残ります(「はい」にはなりません)。",
        en="Asks somebody who holds the role, and goes on only when they approve. Where nobody answers within the "
        "time, the deputies are asked too, one after the other. When all stay silent, on_expire is done and the "
        "question stays open: silence is never a yes.",
    ),
    examples=(
        "approve: {role: mayor, deputy: [cio], within: 15m, question: 発令しますか, on_reject: [close_case: {}]}",
        "approve: {role: section_chief, within: 30m, business_hours: true, question: 点検を頼みますか}",
    ),
    read=Approve.read,
)
