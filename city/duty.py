"""Duty: who of those that hold a role at a place is on duty when, and who acts in somebody's place meanwhile."""

from dataclasses import dataclass

from city.right import Role


@dataclass(frozen=True, slots=True)
class NewDuty:
    """What is to stand in the roster, from `from_ms` (included) until `until_ms` (not), epoch ms.

    person: their id: on duty, or, with `in_place_of`, acting for somebody who is away
    unit: a department's id, or `CITY`; with all below it
    in_place_of: the id of who is away
    """

    person: str
    role: Role
    unit: str
    from_ms: int
    until_ms: int
    in_place_of: str | None = None


@dataclass(frozen=True, slots=True)
class Duty(NewDuty):
    """One entry of the roster. made_by: the id of the principal who made it."""

    id: str = ""
    made_ms: int = 0
    made_by: str = ""

    def is_at(self, time_ms: int) -> bool:
        """Whether it is in force at that time."""
        return self.from_ms <= time_ms < self.until_ms
