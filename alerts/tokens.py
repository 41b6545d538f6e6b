"""Reads an expression's text against a closed list of tokens, so that Python's parser sees nothing else.

Durations (`10m`) are no Python: each is replaced by digits of the same length and remembered by its place, so that
every column that Python's parser names is a column of the text as it was written.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

MAX_LENGTH: Final = 4096  # rules.md: 4 KB at most; the longest rule that anybody wrote by hand was 300 characters
MAX_DEPTH: Final = 48  # far deeper than a person reads, far shallower than Python's own recursion limit
UNIT_MS: Final[Mapping[str, int]] = {"s": 1_000, "m": 60_000, "h": 3_600_000, "d": 86_400_000}
MAX_DURATION_MS: Final = 400 * 86_400_000  # raw readings are kept 400 days: no window can reach further back

_TOKEN = re.compile(
    r"""(?P<space>[ \t\r\n]+)
      | (?P<duration>[0-9]{1,9}(?:\.[0-9]{1,6})?[smhd](?![A-Za-z0-9_.]))
      | (?P<number>(?:[0-9]{1,18}(?:\.[0-9]{0,18})?|\.[0-9]{1,18})(?:[eE][+-]?[0-9]{1,3})?(?![A-Za-z0-9_.]))
      | (?P<name>[A-Za-z_][A-Za-z0-9_]*)
      | (?P<string>"[^"\\\r\n]*"|'[^'\\\r\n]*')
      | (?P<operator><=|>=|==|!=|[-+/(),<>]|\*(?!\*))""",
    re.VERBOSE,
)
# What Python would read as more than a name. (`and or not` are ours as well.)
_KEYWORDS: Final = frozenset(
    [
        "False",
        "None",
        "True",
        "as",
        "assert",
        "async",
        "await",
        "break",
        "class",
        "continue",
        "def",
        "del",
        "elif",
        "else",
        "except",
        "finally",
        "for",
        "from",
        "global",
        "if",
        "import",
        "in",
        "is",
        "lambda",
        "nonlocal",
        "pass",
        "raise",
        "return",
        "try",
        "while",
        "with",
        "yield",
    ]
)


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong in an expression: its column (from 1) and a message of the catalogue."""

    column: int
    key: str
    fields: tuple[tuple[str, object], ...] = ()

    @classmethod
    def at(cls, column: int, key: str, /, **fields: object) -> "Fault":
        """A fault with its message's fields by name; every message may name the column."""
        return cls(column, key, tuple({"column": column, **fields}.items()))


@dataclass(frozen=True, slots=True)
class Tokens:
    """What Python's parser may be given.

    text: as long as what was written, every duration replaced by digits, line ends by spaces
    durations: place in the text (from 0) → milliseconds
    """

    text: str
    durations: Mapping[int, int]


# What other languages write, and what it is here.
_MEANT: Final[Mapping[str, str]] = {
    "=": "==",
    "&": "and",
    "|": "or",
    "!": "not",
    "≥": ">=",
    "≤": "<=",
    "×": "*",
}
_LIKE_DURATION = re.compile(r"[0-9][0-9.]*[A-Za-z]+(?![A-Za-z0-9_])")


def _no_token(text: str, at: int) -> Fault:
    """What stands there means nothing: what it was meant to be, as far as that can be told."""
    duration = _LIKE_DURATION.match(text, at)
    if duration is not None:
        return Fault.at(at + 1, "alerts.expression_duration", duration=duration.group()[:40])
    meant = _MEANT.get(text[at])
    if meant is not None:
        return Fault.at(at + 1, "alerts.expression_character_near", character=text[at], meant=meant)
    return Fault.at(at + 1, "alerts.expression_character", character=text[at])


def read_tokens(text: str) -> Tokens | Fault:
    """The tokens of `text`, or the first thing in it that is no token, too long or too deep."""
    if len(text) > MAX_LENGTH or len(text.encode(errors="replace")) > MAX_LENGTH:
        return Fault.at(1, "alerts.expression_too_long", limit=MAX_LENGTH)
    pieces: list[str] = []
    durations: dict[int, int] = {}
    at = depth = prefix = 0
    while at < len(text):
        found = _TOKEN.match(text, at)
        if found is None:
            return _no_token(text, at)
        piece = found.group()
        kind = found.lastgroup
        if kind == "name" and piece in _KEYWORDS:
            return Fault.at(at + 1, "alerts.expression_word", word=piece)
        if kind == "duration":
            ms = float(piece[:-1]) * UNIT_MS[piece[-1]]
            if not 0 < ms <= MAX_DURATION_MS or ms != int(ms):
                return Fault.at(at + 1, "alerts.expression_duration", duration=piece)
            durations[at] = int(ms)
        depth += (piece == "(") - (piece == ")")
        prefix = prefix if kind == "space" else prefix + 1 if piece in {"-", "+", "not"} else 0
        if depth + prefix > MAX_DEPTH:
            return Fault.at(at + 1, "alerts.expression_too_deep", limit=MAX_DEPTH)
        pieces.append({"space": " " * len(piece), "duration": "1" * len(piece)}.get(kind or "", piece))
        at = found.end()
    return Tokens("".join(pieces), durations)


def pieces_of(text: str) -> Iterator[tuple[str, str]]:
    """A text that `read_tokens` takes, piece by piece: (space, duration, number, name, string or operator; letters)."""
    return ((found.lastgroup or "", found.group()) for found in _TOKEN.finditer(text))
