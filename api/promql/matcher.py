r"""Matchers of labels, with a part of regular expressions that takes linear time whoever wrote it.

A pattern is alternatives (`a|b`, also in one pair of parentheses) of literal characters, `\` before one that is
not a letter or digit, `.`, `.*` and `.+`. Grafana's variables write no more than that. Python's `re` would run for
hours on the wrong pattern, and there is no other engine in the standard library.
"""

import fnmatch
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from api.promql.refusal import RefusedQueryError

NAME: Final = "__name__"
OPERATORS: Final = ("=~", "!~", "!=", "=")
# A variable "all" of a few hundred sensors is some kilobytes.
PATTERN_AT_MOST: Final = 32_768
_SPECIAL: Final = frozenset(".*+?()[]{}^$|\\")


@dataclass(frozen=True, slots=True)
class Matcher:
    """Whether one label is as wanted; a label that a series does not have is the empty string.

    Raises RefusedQueryError for a pattern that is not in the subset.
    """

    label: str
    operator: str
    value: str
    fits: Callable[[str], bool] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "fits", _test(self.operator, self.value))

    @property
    def needs_something(self) -> bool:
        """Whether it would not be content with a label that is not there."""
        return not self.fits("")


def _test(operator: str, value: str) -> Callable[[str], bool]:
    if operator == "=":
        return lambda given: given == value
    if operator == "!=":
        return lambda given: given != value
    matches = _pattern(value)
    return matches if operator == "=~" else lambda given: not matches(given)


def _pattern(text: str) -> Callable[[str], bool]:
    """Whether a whole string fits the pattern: a set of plain words and a list of those with wildcards."""
    if len(text) > PATTERN_AT_MOST:
        raise RefusedQueryError("promql.pattern-long", limit=PATTERN_AT_MOST)
    words: set[str] = set()
    globs: list[re.Pattern[str]] = []
    for alternative in _alternatives(text):
        glob, wild = _glob(alternative, text)
        if wild:
            globs.append(re.compile(fnmatch.translate(glob)))  # linear: it makes each `*` an atomic group
        else:
            words.add(_literal(alternative))
    return lambda given: given in words or any(glob.match(given) for glob in globs)


def _alternatives(text: str) -> list[str]:
    """What stands between the bars, an outer pair of parentheses taken away."""
    if text.startswith("(?:") and text.endswith(")"):
        text = text[3:-1]
    elif text.startswith("(") and text.endswith(")") and not text.endswith("\\)"):
        text = text[1:-1]
    parts = [""]
    escaped = False
    for letter in text:
        if letter == "|" and not escaped:
            parts.append("")
        else:
            parts[-1] += letter
        escaped = letter == "\\" and not escaped
    return parts


def _glob(alternative: str, whole: str) -> tuple[str, bool]:
    """The alternative as `fnmatch` writes it, and whether anything in it is wild."""
    glob, wild, at = "", False, 0
    while at < len(alternative):
        letter, after = alternative[at], alternative[at + 1 : at + 2]
        if letter == ".":
            step, part = {"*": (2, "*"), "+": (2, "?*")}.get(after, (1, "?"))
            glob, wild, at = glob + part, True, at + step
        elif letter == "\\" and after and not after.isalnum():
            glob, at = glob + _escape(after), at + 2
        elif letter in _SPECIAL:
            raise RefusedQueryError("promql.pattern", pattern=whole[:100], letter=letter)
        else:
            glob, at = glob + _escape(letter), at + 1
    return glob, wild


def _escape(letter: str) -> str:
    return f"[{letter}]" if letter in "*?[" else letter


def _literal(alternative: str) -> str:
    """An alternative without wildcards, its escapes resolved."""
    return re.sub(r"\\(.)", r"\1", alternative)
