"""A query's text as tokens, each with its column."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from api.promql.refusal import RefusedQueryError

# Grafana's longest is a selector with a variable of some hundred names.
QUERY_AT_MOST: Final = 65_536
_TOKEN: Final = re.compile(
    r"""
    (?P<space>\s+|\#[^\n]*)
  | (?P<duration>(?:[0-9]{1,15}(?:ms|[smhdwy]))+(?![a-zA-Z0-9_]))
  | (?P<number>(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?(?![a-zA-Z0-9_]))
  | (?P<name>[a-zA-Z_][a-zA-Z0-9_]*)
  | (?P<string>"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`[^`]*`)
  | (?P<sign>=~|!~|!=|==|>=|<=|[-+*/%^=<>(){}\[\],:@])
    """,
    re.VERBOSE,
)
_ESCAPE: Final = re.compile(r"\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|(.))")
_ESCAPES: Final = {
    "\\": "\\",
    '"': '"',
    "'": "'",
    "n": "\n",
    "t": "\t",
    "r": "\r",
    "a": "\a",
    "b": "\b",
    "f": "\f",
    "v": "\v",
}
# Halves of a surrogate pair: no characters, and nothing that could be written back.
_HALVES: Final = frozenset(map(chr, range(0xD800, 0xE000)))
_UNIT_MS: Final = {
    "ms": 1, "s": 1_000, "m": 60_000, "h": 3_600_000, "d": 86_400_000, "w": 604_800_000, "y": 31_536_000_000,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Token:
    """One token: its kind, its text and its column, which counts from 1."""

    kind: str
    text: str
    column: int


def tokens(query: str) -> Iterator[Token]:
    """All tokens, an `end` after them. Raises RefusedQueryError naming the column of what is no token."""
    if len(query) > QUERY_AT_MOST:
        raise RefusedQueryError("promql.query-long", limit=QUERY_AT_MOST)
    at = 0
    while at < len(query):
        found = _TOKEN.match(query, at)
        if found is None:
            raise RefusedQueryError("promql.unreadable", column=at + 1, given=query[at : at + 20])
        kind = found.lastgroup
        assert kind is not None
        if kind != "space":
            yield Token(kind, found[0], at + 1)
        at = found.end()
    yield Token("end", "", len(query) + 1)


def string_of(token: Token) -> str:
    """What stands between the quotes of a string token, its escapes resolved; unknown ones are refused."""

    def unescaped(found: "re.Match[str]") -> str:
        code = int(found[1] or found[2], 16) if found[1] or found[2] else None
        letter = _ESCAPES.get(found[3]) if code is None else chr(code)
        if letter is None or letter in _HALVES:
            raise RefusedQueryError("promql.escape", column=token.column + 1 + found.start(), given=found[0])
        return letter

    inner = token.text[1:-1]
    return inner if token.text[0] == "`" else _ESCAPE.sub(unescaped, inner)


def duration_ms(text: str) -> int:
    """Milliseconds of `5m` or `1h30m`."""
    return sum(int(count) * _UNIT_MS[unit] for count, unit in re.findall(r"([0-9]+)(ms|[smhdwy])", text))
