"""JSON Schemas of a city's files, found by letting the files' own readers read from a section that is not there.

Whatever a reader asks for is noted with what it must be, so a schema says what the code reads and cannot fall behind
it. Editors complete and check by it; `megane check` says more (names that must be known, orders, places).
"""

import math
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Final, TypeVar

from city.errors import Mistake, Place
from city.section import REQUIRED, Section
from city.value import DURATION, NAME, Value
from city.yaml_file import Entries, Scalar

Json = dict[str, object]
E = TypeVar("E", bound=StrEnum)

SOMETHING: Final = "x"  # what a text or a name is read as
ANY_KEY: Final = "any-key"  # what iterating over a section gives: a key that the city chooses
_NOWHERE: Final = Place("")
_MOST_CHOICES: Final = 200  # quantities are some twenty; what is longer is no list to choose from


@dataclass(slots=True)
class Noted:
    """What one place of a file must be, as far as it was asked."""

    kind: Json = field(default_factory=dict)
    keys: dict[str, "Noted"] = field(default_factory=dict)
    required: dict[str, None] = field(default_factory=dict)
    members: "Noted | None" = None

    def schema(self) -> Json:
        """As JSON Schema."""
        if self.members is not None:
            member = self.members.schema()
            return {"anyOf": [{"type": "array", "items": member}, member]}
        if not self.keys:
            return self.kind
        required = [key for key in self.required if key != ANY_KEY]
        found: Json = {
            "type": "object" if required else ["object", "null"],
            "properties": {key: noted.schema() for key, noted in self.keys.items() if key != ANY_KEY},
            "additionalProperties": self.keys[ANY_KEY].schema() if ANY_KEY in self.keys else False,
        }
        return {**found, "required": required} if required else found


@dataclass(frozen=True, slots=True)
class NotedValue(Value):
    """A value that notes as what it is read, and gives something neutral."""

    noted: Noted

    @classmethod
    def of(cls, noted: Noted, key: str, mistakes: list[Mistake]) -> "NotedValue":
        """Something is there, whatever it may be."""
        return cls(Scalar(_NOWHERE, SOMETHING, plain=True), _NOWHERE, key, mistakes, noted)

    def text(self) -> str:
        """A scalar as it is written: `0778` and `no` are texts too."""
        self.noted.kind = {"type": ["string", "number", "boolean"]}
        return SOMETHING

    def words(self) -> str:
        """The same, and an empty one."""
        return self.text()

    def name(self) -> str:
        """A name."""
        self.noted.kind = {"type": "string", "pattern": f"^{NAME.pattern}$"}
        return SOMETHING

    def reference(self, known: Collection[str]) -> str:
        """One of what is known, where that does not hang on the city."""
        if 0 < len(known) <= _MOST_CHOICES and SOMETHING not in known:
            self.noted.kind = {"enum": sorted(known)}
            return next(iter(known))
        self.noted.kind = {"type": "string"}
        return SOMETHING

    def choice(self, kinds: type[E]) -> E:
        """A member of a closed list."""
        self.noted.kind = {"enum": [kind.value for kind in kinds]}
        return next(iter(kinds))

    def flag(self) -> bool:
        """True or false."""
        self.noted.kind = {"type": "boolean"}
        return False

    def number(self, low: float = -math.inf, high: float = math.inf) -> float:
        """A number in its bounds."""
        self.noted.kind = {"type": "number", **_bounds(low, high)}
        return low if math.isfinite(low) else 0.0

    def integer(self, low: int, high: int) -> int:
        """A whole number in its bounds."""
        self.noted.kind = {"type": "integer", **_bounds(low, high)}
        return low

    def duration_ms(self) -> int:
        """A duration."""
        self.noted.kind = {"anyOf": [{"const": 0}, {"type": "string", "pattern": f"^({DURATION.pattern})$"}]}
        return 0

    def date(self) -> date:
        """A day."""
        self.noted.kind = {"type": "string", "format": "date"}
        return date.min

    def time_ms(self) -> int:
        """A moment."""
        self.noted.kind = {"type": "string", "format": "date-time"}
        return 0

    def items(self) -> list[Value]:
        """One member stands for all."""
        if self.noted.members is None:
            self.noted.members = Noted()
        return [NotedValue.of(self.noted.members, self.key, self.mistakes)]


class NotedSection(Section):
    """A section that notes what it is asked for. Everything that may stand there does."""

    def __init__(self, noted: Noted, mistakes: list[Mistake]) -> None:
        super().__init__(Entries(_NOWHERE, {}), mistakes)
        self.noted = noted
        self._sections: dict[str, NotedSection] = {}
        self._optional: set[str] = set()

    def __iter__(self) -> Iterator[str]:
        """Some key."""
        return iter([ANY_KEY])

    def has(self, key: str) -> bool:
        """Yes; but who asks can do without."""
        self._of(key)
        self._optional.add(key)
        return True

    def value(self, key: str) -> Value:
        """A required one."""
        if key not in self._optional:
            self.noted.required[key] = None
        return NotedValue.of(self._of(key), key, self.mistakes)

    def optional(self, key: str) -> Value | None:
        """One that may be missing, whatever is asked of it then."""
        self._optional.add(key)
        return NotedValue.of(self._of(key), key, self.mistakes)

    def section(self, key: str) -> Section:
        """A mapping."""
        if key not in self._sections:
            self._sections[key] = NotedSection(self._of(key), self.mistakes)
        return self._sections[key]

    def sections(self, key: str) -> list[Section]:
        """A list of mappings, of which one stands for all."""
        if key not in self._sections:
            noted = self._of(key)
            noted.members = noted.members or Noted()
            self._sections[key] = NotedSection(noted.members, self.mistakes)
        return [self._sections[key]]

    def _of(self, key: str) -> Noted:
        return self.noted.keys.setdefault(key, Noted())

    def _wanted(self, key: str, default: object) -> object:  # type: ignore[override]  # never the default
        return self.value(key) if default is REQUIRED else self.optional(key)


def _bounds(low: float, high: float) -> Json:
    bounds = {"minimum": low, "maximum": high}
    return {name: bound for name, bound in bounds.items() if math.isfinite(bound)}
