"""YAML text to nodes that know where they stand. What a node means is for the reader to say: see `city/section.py`.

A scalar stays the text that was written, and becomes a number, a date or a flag only where a reader asks for one. So
`no` is a word, `0778` a telephone number and `1e3` a thousand, each where it is wanted, and nothing is guessed.

Refused, because no file of a city needs them and each can harm: anchors and aliases (a small file that unfolds to
gigabytes), tags (a file that names code), several documents in one file, the same key twice.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, StringMark, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from city.errors import Mistake, Place
from city.written import Written

MAX_CHARACTERS: Final = 16 * 1024 * 1024  # 10,000 sensors take 3 MB; beyond this a file is no longer written by people
MAX_DEPTH: Final = 32  # the deepest file of a city nests eight levels


@dataclass(frozen=True, slots=True)
class Scalar:
    """One written value.

    place: where its content begins (behind an opening quote)
    plain: written without quotes and not as a block: only such a one can be a number, a flag or nothing at all
    written: how, from its place on
    """

    place: Place
    text: str
    plain: bool
    written: Written = field(default=Written(""), compare=False, repr=False)

    @property
    def empty(self) -> bool:
        """Whether nothing was written: `key:` with nothing behind it, `~` or `null`."""
        return self.plain and self.text in {"", "~", "null", "Null", "NULL"}


@dataclass(frozen=True, slots=True)
class Items:
    """A list."""

    place: Place
    nodes: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Entries:
    """A mapping: key → (where the key stands, what stands under it), in the order of the file."""

    place: Place
    nodes: dict[str, tuple[Place, "Node"]]


Node = Scalar | Items | Entries


class _UnreadableError(Exception):
    """The rest of the file cannot be read; carries the one mistake that says why."""

    def __init__(self, mistake: Mistake) -> None:
        self.mistake = mistake
        super().__init__(mistake)


def parse_yaml(text: str, file: str, mistakes: list[Mistake]) -> Node | None:
    """The file's one document as a tree of nodes.

    What is wrong is added to `mistakes` under the name `file`: a key that stands twice is one mistake each and the
    first stands; what makes the file unreadable is one mistake, and the answer None. So it is for an empty file, which
    is no mistake here.
    """
    if len(text) > MAX_CHARACTERS:
        mistakes.append(Mistake.at(Place(file), "city.yaml_too_long", limit=MAX_CHARACTERS))
        return None
    try:
        return _Tree(text, file, mistakes).read(_events(text))
    except _UnreadableError as error:
        mistakes.append(error.mistake)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = Place(file, mark.line + 1, mark.column + 1) if isinstance(mark, StringMark) else Place(file)
        what = error.problem or error.context or ""
        mistakes.append(Mistake.at(place, "city.yaml_syntax", problem=what))
    except (YAMLError, ValueError, IndexError) as error:
        # ruamel.yaml lets chr() and the end of its buffer speak for themselves where an escape is impossible.
        first_line = (str(error).splitlines() or [type(error).__name__])[0]
        mistakes.append(Mistake.at(Place(file), "city.yaml_syntax", problem=first_line))
    return None


def _events(text: str) -> Iterator[Event]:
    events: Iterator[Event] = YAML(typ="safe", pure=True).parse(text)
    return events


class _Tree:
    """Builds nodes from the stream of events, and stops at the first that is refused: nothing unfolds before that."""

    def __init__(self, text: str, file: str, mistakes: list[Mistake]) -> None:
        self._text = text
        self._file = file
        self._mistakes = mistakes

    def read(self, events: Iterator[Event]) -> Node | None:
        root: Node | None = None
        for event in events:
            if isinstance(event, DocumentStartEvent) and root is not None:
                raise self._refusal(event, "city.yaml_documents")
            if isinstance(event, NodeEvent):
                root = self._node(event, events, 1)
        return None if isinstance(root, Scalar) and root.empty else root

    def _node(self, event: Event, events: Iterator[Event], depth: int) -> Node:
        if isinstance(event, AliasEvent) or getattr(event, "anchor", None) is not None:
            raise self._refusal(event, "city.yaml_alias")
        if getattr(event, "tag", None) is not None:
            raise self._refusal(event, "city.yaml_tag")
        if depth > MAX_DEPTH:
            raise self._refusal(event, "city.yaml_depth", limit=MAX_DEPTH)
        if isinstance(event, SequenceStartEvent):
            return self._items(event, events, depth)
        if isinstance(event, MappingStartEvent):
            return self._entries(event, events, depth)
        assert isinstance(event, ScalarEvent)
        return self._scalar(event)

    def _scalar(self, event: ScalarEvent) -> Scalar:
        place = self._place(event)
        raw = self._text[event.start_mark.index : event.end_mark.index]
        match event.style:
            case "'" | '"' as quote:
                inside = Written(raw[1:-1], quote)
                return Scalar(Place(place.file, place.line, place.column + 1), str(event.value), False, inside)
            case "|" | ">":
                block = Written(raw.partition("\n")[2])
                return Scalar(Place(place.file, place.line + 1, 1), str(event.value), False, block)
            case _:
                return Scalar(place, str(event.value), True, Written(raw))

    def _items(self, start: Event, events: Iterator[Event], depth: int) -> Items:
        nodes: list[Node] = []
        for event in events:
            if isinstance(event, SequenceEndEvent):
                break
            nodes.append(self._node(event, events, depth + 1))
        return Items(self._place(start), tuple(nodes))

    def _entries(self, start: Event, events: Iterator[Event], depth: int) -> Entries:
        nodes: dict[str, tuple[Place, Node]] = {}
        for event in events:
            if isinstance(event, MappingEndEvent):
                break
            if not isinstance(event, ScalarEvent):
                raise self._refusal(event, "city.yaml_key")
            key = self._node(event, events, depth + 1)
            assert isinstance(key, Scalar)
            node = self._node(next(events), events, depth + 1)
            if key.text in nodes:
                first = nodes[key.text][0].line
                self._mistakes.append(Mistake.at(key.place, "city.yaml_twice", name=key.text, first=first))
            else:
                nodes[key.text] = (key.place, node)
        return Entries(self._place(start), nodes)

    def _place(self, event: Event) -> Place:
        return Place(self._file, event.start_mark.line + 1, event.start_mark.column + 1)

    def _refusal(self, event: Event, key: str, **fields: object) -> _UnreadableError:
        return _UnreadableError(Mistake.at(self._place(event), key, **fields))
