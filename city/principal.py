"""Who asks: a person with offices, a program with a token, or whoever may open the city's own socket."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from city.catalog import Department
from city.right import CITY_WIDE, RIGHTS, SCOPES, Right, Role, Scope

CITY: Final = ""  # the root of the tree, above every department


@dataclass(frozen=True, slots=True)
class Office:
    """A role at a place of the tree. unit: a department's id, or `CITY`."""

    role: Role
    unit: str


@dataclass(frozen=True, slots=True)
class Principal:
    """Who asks, as sign-in or token have shown.

    id: what the audit log calls them, for ever: `person:…`, `token:…`, `socket:…`
    name: what people read
    offices: a person's; scope: a token's, which reaches the whole city
    """

    id: str
    name: str
    offices: tuple[Office, ...] = ()
    scope: Scope | None = None

    @property
    def is_person(self) -> bool:
        """Whether this is somebody who signed in, and can approve."""
        return self.scope is None

    def may(self, right: Right, unit: str | None = None, tree: Mapping[str, Department] | None = None) -> bool:
        """Whether they have the right at `unit` of `tree`; None: anywhere at all."""
        if self.scope is not None:
            return right in SCOPES[self.scope]
        offices = [office for office in self.offices if right in RIGHTS[office.role]]
        if unit is None:
            return bool(offices)
        return any(reaches(office, unit, tree or {}) for office in offices)

    def holds(self, role: Role, unit: str, tree: Mapping[str, Department]) -> bool:
        """Whether they hold this very role at `unit` or above it."""
        return any(office.role is role and reaches(office, unit, tree) for office in self.offices)


def reaches(office: Office, unit: str, tree: Mapping[str, Department]) -> bool:
    """Whether `unit` is the office's place or lies below it."""
    if office.role in CITY_WIDE or office.unit == CITY:
        return True
    at: str | None = unit
    for _ in range(len(tree) + 1):  # the catalog refuses a tree that bites its tail; a stale one must not hang a door
        if at is None or at == office.unit:
            break
        above = tree.get(at)
        at = above.above if above is not None else None
    return at == office.unit
