"""Typed readers over YAML nodes. A reader collects mistakes instead of raising, so that all of them are told at once.

    mistakes: list[Mistake] = []
    for rule in file_sections(text, "rules/river.yaml", mistakes):      # one mapping, or a list of them
        rule_id = rule.name("id")                                        # required: a mistake where it is missing
        for_ms = rule.duration_ms("for", default=0)                      # optional
        playbook = rule.name("playbook", default=None)                   # optional: str | None
        for test in rule.sections("tests"):
            ...
    if mistakes:
        raise MistakesError(mistakes)

Where something is wrong, one mistake is noted and a neutral value is given (`""`, nan, 0, an empty list), so that
reading goes on; nothing read so may be used once there are mistakes. Keys that nobody asked for are mistakes too, with
the nearest key that was asked for: `file_sections` notes them when its loop goes on, `Section.end()` does so by hand.
"""

import itertools
import math
from collections.abc import Collection, Iterator
from datetime import date
from enum import Enum, StrEnum
from typing import Final, Literal, TypeVar, overload

from city.errors import Mistake, Place
from city.messages.text import Text
from city.value import NAME, Value, near
from city.yaml_file import Entries, Scalar, parse_yaml

E = TypeVar("E", bound=StrEnum)
D = TypeVar("D")


class Required(Enum):
    """The default of what has none."""

    REQUIRED = "required"


REQUIRED: Final = Required.REQUIRED
_Required = Literal[Required.REQUIRED]


class Section:
    """A mapping whose values are asked for by key. What is asked for is what may stand there.

    Every reader takes `default=`; without it the key is required. The readings are those of `Value`.
    """

    def __init__(self, node: Entries, mistakes: list[Mistake], *, missing: bool = False) -> None:
        self.place = node.place
        self.mistakes = mistakes
        self._nodes = node.nodes
        self._missing = missing  # the mapping itself is missing: what it lacks was said already
        self._asked: dict[str, None] = {}
        self._inner: dict[str, list[Section]] = {}  # asked for twice, a section is the same one

    def __iter__(self) -> Iterator[str]:
        """The keys that stand there, in the order of the file: for mappings whose keys are names."""
        return iter(self._nodes)

    def has(self, key: str) -> bool:
        """Whether something stands under `key`."""
        found = self._nodes.get(key)
        return found is not None and not (isinstance(found[1], Scalar) and found[1].empty)

    def key_place(self, key: str) -> Place:
        """Where `key` stands, or the section where it does not."""
        found = self._nodes.get(key)
        return self.place if found is None else found[0]

    def wrong(self, message: str, /, **fields: object) -> None:
        """Notes a mistake at the section."""
        self.mistakes.append(Mistake.at(self.place, message, **fields))

    def value(self, key: str) -> Value:
        """What stands under `key`; required."""
        found = self.optional(key)
        if found is None:
            if not self._missing:
                self.mistakes.append(Mistake.at(self.key_place(key), "city.missing", key=key))
            return Value(None, self.place, key, self.mistakes)
        return found

    def optional(self, key: str) -> Value | None:
        """What stands under `key`, or None."""
        self._asked[key] = None
        if not self.has(key):
            return None
        node = self._nodes[key][1]
        return Value(node, node.place, key, self.mistakes)

    @overload
    def text(self, key: str) -> str: ...
    @overload
    def text(self, key: str, *, default: D) -> str | D: ...
    def text(self, key: str, *, default: D | _Required = REQUIRED) -> str | D:
        """Any text."""
        value = self._wanted(key, default)
        return value.text() if isinstance(value, Value) else value

    @overload
    def name(self, key: str) -> str: ...
    @overload
    def name(self, key: str, *, default: D) -> str | D: ...
    def name(self, key: str, *, default: D | _Required = REQUIRED) -> str | D:
        """A name, `[a-z0-9_-]{1,64}`."""
        value = self._wanted(key, default)
        return value.name() if isinstance(value, Value) else value

    @overload
    def reference(self, key: str, known: Collection[str]) -> str: ...
    @overload
    def reference(self, key: str, known: Collection[str], *, default: D) -> str | D: ...
    def reference(self, key: str, known: Collection[str], *, default: D | _Required = REQUIRED) -> str | D:
        """A name out of `known`."""
        value = self._wanted(key, default)
        return value.reference(known) if isinstance(value, Value) else value

    @overload
    def flag(self, key: str) -> bool: ...
    @overload
    def flag(self, key: str, *, default: D) -> bool | D: ...
    def flag(self, key: str, *, default: D | _Required = REQUIRED) -> bool | D:
        """`true` or `false`."""
        value = self._wanted(key, default)
        return value.flag() if isinstance(value, Value) else value

    @overload
    def number(self, key: str, *, low: float = ..., high: float = ...) -> float: ...
    @overload
    def number(self, key: str, *, low: float = ..., high: float = ..., default: D) -> float | D: ...
    def number(
        self, key: str, *, low: float = -math.inf, high: float = math.inf, default: D | _Required = REQUIRED
    ) -> float | D:
        """A finite number within low..high."""
        value = self._wanted(key, default)
        return value.number(low, high) if isinstance(value, Value) else value

    @overload
    def integer(self, key: str, *, low: int, high: int) -> int: ...
    @overload
    def integer(self, key: str, *, low: int, high: int, default: D) -> int | D: ...
    def integer(self, key: str, *, low: int, high: int, default: D | _Required = REQUIRED) -> int | D:
        """A whole number within low..high."""
        value = self._wanted(key, default)
        return value.integer(low, high) if isinstance(value, Value) else value

    @overload
    def duration_ms(self, key: str) -> int: ...
    @overload
    def duration_ms(self, key: str, *, default: D) -> int | D: ...
    def duration_ms(self, key: str, *, default: D | _Required = REQUIRED) -> int | D:
        """A duration, `90s 10m 1h 7d` or `0`, in milliseconds."""
        value = self._wanted(key, default)
        return value.duration_ms() if isinstance(value, Value) else value

    @overload
    def date(self, key: str) -> date: ...
    @overload
    def date(self, key: str, *, default: D) -> date | D: ...
    def date(self, key: str, *, default: D | _Required = REQUIRED) -> date | D:
        """A day."""
        value = self._wanted(key, default)
        return value.date() if isinstance(value, Value) else value

    @overload
    def time_ms(self, key: str) -> int: ...
    @overload
    def time_ms(self, key: str, *, default: D) -> int | D: ...
    def time_ms(self, key: str, *, default: D | _Required = REQUIRED) -> int | D:
        """A moment with its offset, in ms since the epoch."""
        value = self._wanted(key, default)
        return value.time_ms() if isinstance(value, Value) else value

    @overload
    def title(self, key: str) -> Text: ...
    @overload
    def title(self, key: str, *, default: D) -> Text | D: ...
    def title(self, key: str, *, default: D | _Required = REQUIRED) -> Text | D:
        """A text in both languages."""
        value = self._wanted(key, default)
        if not isinstance(value, Value):
            return value
        section = self.section(key)
        return Text(section.text("ja"), section.text("en"))

    @overload
    def choice(self, key: str, kinds: type[E]) -> E: ...
    @overload
    def choice(self, key: str, kinds: type[E], *, default: D) -> E | D: ...
    def choice(self, key: str, kinds: type[E], *, default: D | _Required = REQUIRED) -> E | D:
        """A member of a closed list."""
        value = self._wanted(key, default)
        return value.choice(kinds) if isinstance(value, Value) else value

    @overload
    def names(self, key: str) -> tuple[str, ...]: ...
    @overload
    def names(self, key: str, *, default: D) -> tuple[str, ...] | D: ...
    def names(self, key: str, *, default: D | _Required = REQUIRED) -> tuple[str, ...] | D:
        """One name, or a list of them."""
        value = self._wanted(key, default)
        return tuple(item.name() for item in value.items()) if isinstance(value, Value) else value

    def numbers(self, key: str, *, low: float = -math.inf, high: float = math.inf) -> dict[str, float]:
        """A mapping of names to numbers; empty where nothing stands there."""
        named = self.section(key)
        numbers = {}
        for name in named:
            if not NAME.fullmatch(name):
                named.mistakes.append(Mistake.at(named.key_place(name), "city.need_name", key=key, found=name[:80]))
            numbers[name] = named.number(name, low=low, high=high)
        return numbers

    def items(self, key: str) -> list[Value]:
        """The members of a list (or the one thing that stands there); empty where nothing does."""
        value = self.optional(key)
        return [] if value is None else value.items()

    def section(self, key: str) -> "Section":
        """The mapping under `key`; an empty one where nothing stands there. Ended with this section."""
        if key not in self._inner:
            self._inner[key] = [_section(self.optional(key) or Value(None, self.key_place(key), key, self.mistakes))]
        return self._inner[key][0]

    def sections(self, key: str) -> "list[Section]":
        """A list of mappings (or one); empty where nothing stands there. Ended with this section."""
        if key not in self._inner:
            self._inner[key] = [_section(item) for item in self.items(key)]
        return self._inner[key]

    def end(self) -> None:
        """Notes every key that was not asked for, here and in the sections within."""
        for key, (place, _) in self._nodes.items():
            if key in self._asked:
                continue
            nearest = near(key, self._asked)
            message = "city.unknown_key_near" if nearest else "city.unknown_key"
            known = nearest or ", ".join(self._asked)
            self.mistakes.append(Mistake.at(place, message, key=key[:80], known=known))
        for section in itertools.chain.from_iterable(self._inner.values()):
            section.end()

    def _wanted(self, key: str, default: D | _Required) -> Value | D:
        """The value under `key`, or `default` where nothing stands there and there is one."""
        if default is REQUIRED:
            return self.value(key)
        value = self.optional(key)
        return default if value is None else value


def _section(value: Value) -> Section:
    """The value as a mapping; where it is none, a mistake and an empty one that says no more."""
    if isinstance(value.node, Entries):
        return Section(value.node, value.mistakes)
    if value.node is not None:
        value.wrong("city.need_section", key=value.key)
    return Section(Entries(value.place, {}), value.mistakes, missing=True)


def file_sections(text: str, file: str, mistakes: list[Mistake]) -> Iterator[Section]:
    """The mappings of a file that holds one of them or a list; each is ended when the loop asks for the next."""
    node = parse_yaml(text, file, mistakes)
    if node is None:
        return
    for item in Value(node, node.place, file, mistakes).items():
        section = _section(item)
        yield section
        section.end()


def file_section(text: str, file: str, mistakes: list[Mistake]) -> Section:
    """The one mapping that a file holds; the caller ends it with `end()`.

    Of an empty file it is empty, and each required key is a mistake.
    """
    before = len(mistakes)
    node = parse_yaml(text, file, mistakes)
    if node is None:
        return Section(Entries(Place(file), {}), mistakes, missing=len(mistakes) > before)
    return _section(Value(node, node.place, file, mistakes))
