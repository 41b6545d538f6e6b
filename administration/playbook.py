"""Playbooks: the business that an alert starts, as text and as steps."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from administration.playbook_names import unknown_names
from administration.steps import STEPS
from administration.steps.approve import ON_EXPIRE, ON_REJECT, Approve
from administration.steps.step import PlaybookStep
from city.catalog import Catalog
from city.errors import Mistake, MistakesError, Place
from city.messages.text import Text
from city.section import Section, file_section
from city.value import near

# What every alert starts as long as its rule names no playbook.
TELL_SUBSCRIBERS: Final = """\
id: tell-subscribers
title: {ja: 購読している部署に知らせる, en: Tell the departments that subscribed}
steps:
  - webhook: {to: subscribed}
"""
BUILT_IN: Final = frozenset({"tell-subscribers"})
# Alerts of one flood follow each other within minutes; half an hour of calm and it is another one.
WINDOW_MS: Final = 1_800_000


class GroupBy(StrEnum):
    """What alerts of one incident have in common, besides the playbook."""

    RULE = "rule"
    SUBJECT = "subject"
    RIVER = "river"
    AREA = "area"
    SITE = "site"


@dataclass(frozen=True, slots=True)
class Group:
    """Alerts that agree in all of `by` and follow each other within `window_ms` are one incident."""

    by: tuple[GroupBy, ...]
    window_ms: int


@dataclass(frozen=True, slots=True)
class Playbook:
    """A playbook as loaded. `version` follows from `text`; a run keeps both.

    group: None: each alert is an incident of its own
    on_resolve: what is done when the incident is over, after undoing what says so
    """

    id: str
    version: str
    title: Text
    text: str
    steps: tuple[PlaybookStep, ...]
    group: Group | None = None
    on_resolve: tuple[PlaybookStep, ...] = ()
    place: Place = field(default=Place(""), compare=False)


def load_playbook(text: str, file: str) -> Playbook:
    """The playbook written in `text`. Raises MistakesError with everything that is wrong in it."""
    mistakes: list[Mistake] = []
    playbook = _read_file(text, file, mistakes)
    if mistakes:
        raise MistakesError(mistakes)
    return playbook


def load_playbooks(files: Mapping[str, str], catalog: Catalog | None = None) -> Mapping[str, Playbook]:
    """The playbooks of a city (relative path → YAML text, one playbook a file), by id.

    With a catalog, what they name (endpoints, sections of the city, devices) is looked up in it.
    Raises MistakesError with everything that is wrong in all of them.
    """
    mistakes: list[Mistake] = []
    playbooks: dict[str, Playbook] = {}
    for path in sorted(files):
        playbook = _read_file(files[path], path, mistakes)
        if playbook.id in BUILT_IN:
            mistakes.append(Mistake.at(playbook.place, "administration.playbook_reserved", playbook=playbook.id))
        if (twin := playbooks.get(playbook.id)) is not None:
            fields = {"playbook": playbook.id, "first": str(twin.place)}
            mistakes.append(Mistake.at(playbook.place, "administration.playbook_twice", **fields))
        elif playbook.id:
            playbooks[playbook.id] = playbook
        if catalog is not None:
            mistakes += unknown_names((*playbook.steps, *playbook.on_resolve), catalog)
    if mistakes:
        raise MistakesError(mistakes)
    return playbooks


def _read_file(text: str, file: str, mistakes: list[Mistake]) -> Playbook:
    section = file_section(text, file, mistakes)
    playbook = read_playbook(section, text)
    section.end()
    return playbook


def read_playbook(section: Section, text: str) -> Playbook:
    """The playbook that a section says; what is wrong in it is noted with the section."""
    grouping = section.section("group") if section.has("group") else None
    group = None
    if grouping is not None:
        grouping.value("by")
        by = tuple(item.choice(GroupBy) for item in grouping.items("by"))
        group = Group(by, grouping.duration_ms("window", default=WINDOW_MS))
        if grouping.has("by") and not by:
            grouping.value("by").wrong("administration.group_nothing")
        if grouping.has("window") and not group.window_ms:
            grouping.value("window").wrong("administration.duration_zero", key="window")
    playbook = Playbook(
        id=section.name("id"),
        version=hashlib.sha256(text.encode()).hexdigest()[:16],
        title=section.title("title"),
        text=text,
        steps=read_steps(section, "steps"),
        group=group,
        on_resolve=read_steps(section, "on_resolve"),
        place=section.place,
    )
    if section.value("steps").node is not None and not section.sections("steps"):
        section.value("steps").wrong("administration.playbook_empty")
    section.mistakes += [*_unagreed(playbook.steps), *_unagreed(playbook.on_resolve)]
    return playbook


def read_steps(section: Section, key: str) -> tuple[PlaybookStep, ...]:
    """The list of steps under `key`: each `name: {configuration}`."""
    return tuple(found for item in section.sections(key) if (found := _step(item)) is not None)


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
    return PlaybookStep(known[0], STEPS[known[0]].read(section.section(known[0]), read_steps), section.place)


def _unagreed(steps: Sequence[PlaybookStep], *, agreed: bool = False) -> Iterator[Mistake]:
    """What can hurt has an approval before it, which says what is done when the answer is no or none.

    agreed: an approval stands before this list already
    """
    for at, placed in enumerate(steps):
        if placed.step.hurts and not agreed:
            yield Mistake.at(placed.place, "administration.step_hurts", kind=placed.kind)
        if isinstance(placed.step, Approve):
            if _hurts(steps[at + 1 :]):
                for key, block in ((ON_REJECT, placed.step.on_reject), (ON_EXPIRE, placed.step.on_expire)):
                    if block is None:
                        yield Mistake.at(placed.place, "administration.approve_unanswered", key=key)
            agreed = True
        for block in placed.step.blocks.values():
            # Of an approval these are done when the answer was no, or none: nobody agreed to what stands there.
            yield from _unagreed(block, agreed=agreed and not isinstance(placed.step, Approve))


def _hurts(steps: Sequence[PlaybookStep]) -> bool:
    return any(placed.step.hurts or any(map(_hurts, placed.step.blocks.values())) for placed in steps)
