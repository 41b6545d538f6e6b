"""Who is to be asked now: those on duty, with substitutes in the place of those who are away."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from administration.people.people import Person
from city.catalog import Department
from city.duty import Duty
from city.principal import Office, reaches
from city.right import Role


@dataclass(frozen=True, slots=True)
class Roster:
    """People and entries as they stand. It reads nothing and keeps nothing: the same question has the same answer."""

    people: Sequence[Person]
    entries: Sequence[Duty]
    tree: Mapping[str, Department]

    def on_duty(self, role: Role, unit: str, at_ms: int) -> Sequence[str]:
        """The ids of those to ask for `role` at `unit`, each once.

        Those on duty then; where nobody is, all who hold the role there. Who is away is replaced by who acts in their
        place. Whoever is named may answer: `acts_as` says so. Nobody is named only where nobody could answer.
        """
        entries = self._in_force(role, unit, at_ms)
        active, holders = self._active(), self._holders(role, unit)
        substitutes: dict[str, list[str]] = {}
        for entry in entries:
            if entry.in_place_of is not None and entry.person in active:
                substitutes.setdefault(entry.in_place_of, []).append(entry.person)
        # Who has left for good, and is represented until there is a successor, is away like any other.
        held = [*holders, *(away for away in substitutes if away not in holders)]
        listed = {entry.person for entry in entries if entry.in_place_of is None}
        asked = [one for one in held if one in listed] or held
        acting = {*holders, *(one for each in substitutes.values() for one in each)}
        named = (one for each in asked for one in _standing_for(each, substitutes, acting))
        return tuple(dict.fromkeys(named))

    def acts_as(self, person: str, role: Role, unit: str, at_ms: int) -> bool:
        """Whether they may answer as `role` at `unit`: they hold it, or act for somebody while the entry lasts."""
        if person in self._holders(role, unit):
            return True
        entries = self._in_force(role, unit, at_ms)
        return person in self._active() and any(e.person == person and e.in_place_of is not None for e in entries)

    def _in_force(self, role: Role, unit: str, at_ms: int) -> Sequence[Duty]:
        """The entries of that role, at that place or above it, at that time."""
        return [
            entry
            for entry in self.entries
            if entry.role is role and entry.is_at(at_ms) and reaches(Office(role, entry.unit), unit, self.tree)
        ]

    def _active(self) -> frozenset[str]:
        return frozenset(one.id for one in self.people if one.disabled_ms is None)

    def _holders(self, role: Role, unit: str) -> Sequence[str]:
        return [one.id for one in self.people if one.disabled_ms is None and one.principal.holds(role, unit, self.tree)]


def _standing_for(person: str, substitutes: Mapping[str, Sequence[str]], acting: Collection[str]) -> Sequence[str]:
    """Who answers for them: themselves, or the substitutes of who is away, and of these, until somebody is there.

    Where people only stand for each other, so that all of them are away, all who may answer are asked.
    """
    reached = [person]
    for one in reached:  # grows as we go
        reached += [each for each in substitutes.get(one, ()) if each not in reached]
    there = [one for one in reached if one in acting and one not in substitutes]
    return there or [one for one in reached if one in acting]
