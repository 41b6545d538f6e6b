"""Playbooks: the business that an alert starts, as text and as steps."""

import hashlib
from dataclasses import dataclass
from typing import Final

from administration.ports import Step
from administration.steps import STEPS
from city.errors import Mistake, MistakesError
from city.messages.text import Text
from city.section import Section, file_section
from city.value import near

# What every alert starts as long as rules name no playbooks of their own.
TELL_SUBSCRIBERS: Final = """\
id: tell-subscribers
title: {ja: 購読している部署に知らせる, en: Tell the departments that subscribed}
steps:
  - webhook: {to: subscribed}
"""


@dataclass(frozen=True, slots=True)
class PlaybookStep:
    """One step: its kind's name in STEPS, and the step itself."""

    kind: str
    step: Step


@dataclass(frozen=True, slots=True)
class Playbook:
    """A playbook as loaded. `version` follows from `text`; a run keeps both."""

    id: str
    version: str
    title: Text
    text: str
    steps: tuple[PlaybookStep, ...]


def load_playbook(text: str, file: str) -> Playbook:
    """The playbook written in `text`. Raises MistakesError with everything that is wrong in it."""
    mistakes: list[Mistake] = []
    section = file_section(text, file, mistakes)
    playbook = Playbook(
        id=section.name("id"),
        version=hashlib.sha256(text.encode()).hexdigest()[:16],
        title=section.title("title"),
        text=text,
        steps=tuple(step for item in section.sections("steps") if (step := _step(item)) is not None),
    )
    section.end()
    if mistakes:
        raise MistakesError(mistakes)
    return playbook


def _step(section: Section) -> PlaybookStep | None:
    """`name: {configuration}`, one name in each item of the list."""
    names = list(section)
    known = [name for name in names if name in STEPS]
    if len(names) != 1 or not known:
        found = ", ".join(names)[:80]
        section.wrong("administration.step_unknown", found=found, known=near(found, STEPS) or ", ".join(STEPS))
        for name in names:
            section.optional(name)  # said already: not also as an unknown key
        return None
    return PlaybookStep(known[0], STEPS[known[0]].read(section.section(known[0])))
