"""`notify`: tells people by mail or chat."""

from dataclasses import dataclass
from typing import Final

from administration.steps.step import ReadSteps, Step, StepKind
from administration.template import read_template
from city.messages.text import Text
from city.section import Section


@dataclass(frozen=True, slots=True)
class Notify(Step):
    """The step as configured. to: names of channels, whose addresses are in the settings. text: a template."""

    to: tuple[str, ...]
    text: str

    @classmethod
    def read(cls, section: Section, _: ReadSteps) -> "Notify":
        """From `{to: […], text: …}`."""
        to = section.names("to")
        if section.has("to") and not to:
            section.value("to").wrong("administration.notify_nobody")
        return cls(to, read_template(section, "text"))


NOTIFY: Final = StepKind(
    name="notify",
    documentation=Text(
        ja="メールやチャットで人に知らせます。宛先の名前は設定で決めます(手順書に秘密は書きません)。",
        en="Tells people by mail or chat. The channels are named in the settings: no secret stands in a playbook.",
    ),
    examples=('notify: {to: [bosai-mail], text: "{incident.title}(重大度 {incident.severity})"}',),
    read=Notify.read,
)
