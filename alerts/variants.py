"""A rule with one of its numbers, levels or durations changed: what tuning tries.

Variants of a rule keep its id, so that what the catalog overrides for a sensor holds for them too; their versions tell
them apart. Many rules of one shape are one plan: all variants go through history in one run of the engine.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final, assert_never

from alerts.tokens import UNIT_MS, pieces_of
from city.errors import UserError
from city.rule import Rule, Source

KEYS: Final = ("for", "hold")


class NothingToVaryError(UserError):
    """The rule has no such number, level or duration."""


@dataclass(frozen=True, slots=True)
class NamedNumber:
    """What `number("name")` reads."""

    name: str


@dataclass(frozen=True, slots=True)
class Literal:
    """A number written in `raise` or `clear`, wherever it stands there."""

    value: float


@dataclass(frozen=True, slots=True)
class LevelOffset:
    """What is added to `level("name")`, wherever it stands; 0 as the rule is."""

    name: str


@dataclass(frozen=True, slots=True)
class Key:
    """The duration under `for` or `hold`."""

    key: str


@dataclass(frozen=True, slots=True)
class Window:
    """A duration written in `raise` or `clear`, wherever it stands there, ms."""

    ms: int


Varied = NamedNumber | Literal | LevelOffset | Key | Window


def variant(rule: Rule, varied: Varied, value: float) -> Rule:
    """The rule with `value` (a duration: ms) in the place of what is varied, watching no silence.

    Raises NothingToVaryError, naming what there is.
    """
    as_before = replace(rule, no_data_ms=None, tests=())
    match varied:
        case NamedNumber(name=name):
            if name not in rule.numbers:
                raise NothingToVaryError("tune.no-number", rule=rule.id, name=name, known=_known(rule.numbers))
            return replace(as_before, numbers={**rule.numbers, name: value})
        case Literal(value=literal):
            return _rewritten(
                as_before, lambda kind, piece: kind == "number" and float(piece) == literal, _number(value), "number"
            )
        case Window(ms=ms):
            return _rewritten(
                as_before,
                lambda kind, piece: kind == "duration" and _ms(piece) == ms,
                _duration(round(value)),
                "duration",
            )
        case Key(key="for"):
            return replace(as_before, for_ms=round(value))
        case Key(key="hold"):
            return replace(as_before, hold_ms=round(value))
        case Key(key=key):
            raise AssertionError(key)
        case LevelOffset(name=name):
            return _shifted(as_before, name, value)
        case _:
            assert_never(varied)


def present(rule: Rule, varied: Varied) -> float | None:
    """The value that the rule has now, in the measure of `variant`; None where it has none."""
    match varied:
        case NamedNumber(name=name):
            return rule.numbers.get(name)
        case Literal(value=value):
            return value
        case LevelOffset():
            return 0.0
        case Key(key=key):
            return rule.for_ms if key == "for" else rule.hold_ms
        case Window(ms=ms):
            return ms
        case _:
            assert_never(varied)


def _sources(rule: Rule) -> list[Source]:
    return [source for source in (rule.raise_, rule.clear) if source is not None]


def _with(rule: Rule, rewrite: Callable[[str], str]) -> Rule:
    raises = replace(rule.raise_, text=rewrite(rule.raise_.text))
    clear = None if rule.clear is None else replace(rule.clear, text=rewrite(rule.clear.text))
    return replace(rule, raise_=raises, clear=clear)


def _rewritten(rule: Rule, wanted: Callable[[str, str], bool], new: str, kind: str) -> Rule:
    """With `new` in the place of every piece that is wanted. Raises NothingToVaryError where there is none."""
    there = [piece for source in _sources(rule) for piece in pieces_of(source.text)]
    if not any(wanted(*piece) for piece in there):
        known = _known(dict.fromkeys(piece for of, piece in there if of == kind))
        raise NothingToVaryError("tune.no-such-piece", rule=rule.id, known=known)
    return _with(rule, lambda text: "".join(new if wanted(*piece) else piece[1] for piece in pieces_of(text)))


def _shifted(rule: Rule, name: str, offset: float) -> Rule:
    """With `offset` added to each `level("name")`."""
    there = {level for source in _sources(rule) for level in _levels([*pieces_of(source.text)])}
    if name not in there:
        raise NothingToVaryError("tune.no-level", rule=rule.id, name=name, known=_known(sorted(there)))

    def rewrite(text: str) -> str:
        pieces = [*pieces_of(text)]
        words = [piece for _, piece in pieces]
        for begin, end, level in _level_places(pieces):
            if level == name:
                words[begin] = f"({words[begin]}"
                words[end] = f"{words[end]} + {_number(offset)})"
        return "".join(words)

    return _with(rule, rewrite)


def _levels(pieces: Sequence[tuple[str, str]]) -> list[str]:
    return [name for _, _, name in _level_places(pieces)]


def _level_places(pieces: Sequence[tuple[str, str]]) -> list[tuple[int, int, str]]:
    """(first piece, last piece, name) of each `level("name")`."""
    solid = [place for place, (kind, _) in enumerate(pieces) if kind != "space"]
    found = []
    for word, opening, name, closing in zip(solid, solid[1:], solid[2:], solid[3:], strict=False):
        if (pieces[word][1], pieces[opening][1], pieces[closing][1]) == ("level", "(", ")"):
            found.append((word, closing, pieces[name][1][1:-1]))
    return found


def _number(value: float) -> str:
    """As an expression takes it, a negative one in brackets."""
    text = f"{abs(value):.12f}".rstrip("0").rstrip(".") or "0"
    return f"(-{text})" if value < 0 else text


def _ms(piece: str) -> int:
    return round(float(piece[:-1]) * UNIT_MS[piece[-1]])


def _duration(ms: int) -> str:
    """As an expression takes it."""
    if ms <= 0 or ms % UNIT_MS["s"]:
        raise NothingToVaryError("tune.no-window", ms=ms)
    unit = next(unit for unit in ("d", "h", "m", "s") if ms % UNIT_MS[unit] == 0)
    return f"{ms // UNIT_MS[unit]}{unit}"


def _known(names: Iterable[str]) -> str:
    return ", ".join(names) or "—"
