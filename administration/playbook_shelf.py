"""Playbooks in force, as people read them."""

from collections.abc import Sequence
from dataclasses import dataclass

from administration.course import Course
from administration.office import Office
from administration.playbook import Playbook
from administration.step_words import step_words
from city.messages.text import Text


@dataclass(frozen=True, slots=True)
class PlannedStep:
    """A step as the playbook has it. place: `steps.2.then.0`; told: what it does, in words."""

    place: str
    kind: str
    told: Text


@dataclass(frozen=True, slots=True)
class PlaybookFile:
    """A playbook in force. version: it changes with the text."""

    id: str
    version: str
    title: Text
    text: str
    steps: tuple[PlannedStep, ...]


class PlaybookShelf:
    """What is in force now; it may change while the city runs."""

    def __init__(self, office: Office) -> None:
        self._office = office

    def playbooks(self) -> Sequence[PlaybookFile]:
        """All of them, by id."""
        return [self._file(playbook) for _, playbook in sorted(self._office.playbooks.items())]

    def playbook(self, ident: str) -> PlaybookFile | None:
        """The one of that id; None where there is none."""
        found = self._office.playbooks.get(ident)
        return None if found is None else self._file(found)

    def _file(self, playbook: Playbook) -> PlaybookFile:
        course, catalog = Course(playbook), self._office.catalog
        steps = tuple(
            PlannedStep(place, course.kinds[place], step_words(step, catalog)) for place, step in course.steps.items()
        )
        return PlaybookFile(playbook.id, playbook.version, playbook.title, playbook.text, steps)
