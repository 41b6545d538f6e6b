"""`command`: has a device do something, and waits for it to say that it did."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from administration.steps.step import ReadSteps, Step, StepKind
from city.messages.text import Text
from city.section import Section

# A device on a city's mobile network answers within seconds; one that wakes up every ten minutes has its own deadline.
DEADLINE_MS: Final = 120_000


@dataclass(frozen=True, slots=True)
class Command(Step):
    """The step as configured.

    set: what the device is to be. undo: what it is to be afterwards, None where nothing is undone
    acts_alone: the playbook says that no person needs to agree first
    """

    device: str
    set: Mapping[str, str]
    deadline_ms: int
    undo: Mapping[str, str] | None
    acts_alone: bool

    @property
    def hurts(self) -> bool:
        """A gate, a siren, a sign: unless the playbook says that it may."""
        return not self.acts_alone

    @property
    def undone(self) -> bool:
        """Where the playbook says what undoing is."""
        return self.undo is not None

    @classmethod
    def read(cls, section: Section, _: ReadSteps) -> "Command":
        """From `{device: …, set: {…}, deadline: 2m, undo_on_resolve: true, undo: {…}, acts_alone: true}`."""
        wanted = section.section("set")
        section.value("set")
        values = {name: wanted.value(name).words() for name in wanted}
        back = section.section("undo")
        undo = {name: back.value(name).words() for name in back}
        undone = section.flag("undo_on_resolve", default=False)
        if undone and not undo:
            section.value("undo_on_resolve").wrong("administration.command_undo")
        if undo and not undone:
            back.wrong("administration.command_undo_unused")
        deadline_ms = section.duration_ms("deadline", default=DEADLINE_MS)
        if section.has("deadline") and not deadline_ms:
            section.value("deadline").wrong("administration.duration_zero", key="deadline")
        return cls(
            section.name("device"),
            values,
            deadline_ms,
            undo if undone else None,
            section.flag("acts_alone", default=False),
        )


COMMAND: Final = StepKind(
    name="command",
    documentation=Text(
        ja="機器(表示板、水門、ポンプ、サイレン)に指示し、実行の返事を期限まで待ちます。前に承認が要ります。"
        "承認なしで動かしてよいものには acts_alone: true と書きます。"
        "undo_on_resolve: true なら、事案が終わると undo の値に戻します。",
        en="Has a device (sign, gate, pump, siren) do something and waits for its answer until the deadline. An "
        "approval stands before it, unless it says acts_alone: true. With undo_on_resolve: true it is set to the "
        "values of undo when the incident is over.",
    ),
    examples=(
        "command: {device: sign-1, set: {lamp: red}, acts_alone: true, undo_on_resolve: true, undo: {lamp: off}}",
        "command: {device: sign-1, set: {message: 通行注意}, deadline: 2m, acts_alone: true}",
    ),
    read=Command.read,
)
