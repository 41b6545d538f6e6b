"""One line of a script as words that know where they stand."""

import re
from collections.abc import Collection
from typing import Final

from city.errors import Mistake, Place
from city.value import MS_OF, NUMBER, near

_COMMENT: Final = re.compile(r"(?:^|\s)#.*$")
_WORD: Final = re.compile(r"[,、，]|\{.*|[^\s,、，{]+")  # whoever types Japanese types its commas too
_TIME: Final = re.compile(r"(?:\d{1,9}(?:ms|s|m|h|d))+", re.ASCII)
_PART: Final = re.compile(r"(\d+)(ms|s|m|h|d)", re.ASCII)
LONGEST_MS: Final = 400 * MS_OF["d"]  # of a case: a year and some, as the longest window of a rule


class WrongLineError(Exception):
    """The line cannot be read; carries the one mistake that says why."""

    def __init__(self, mistake: Mistake) -> None:
        self.mistake = mistake
        super().__init__(mistake)


class Words:
    """Words taken one by one from the left. What is not as it should be raises WrongLineError."""

    def __init__(self, text: str, file: str, line: int) -> None:
        bare = _COMMENT.sub("", text)
        self._words = [(found.start() + 1, found[0]) for found in _WORD.finditer(bare)]
        self._line = Place(file, line)
        self._end = len(bare.rstrip()) + 1
        self._next = 0

    @property
    def place(self) -> Place:
        """Of the next word, or of the end of the line."""
        column = self._words[self._next][0] if self._next < len(self._words) else self._end
        return Place(self._line.file, self._line.line, column)

    @property
    def next(self) -> str:
        """The next word; "" at the end of the line."""
        return self._words[self._next][1] if self._next < len(self._words) else ""

    def take(self) -> str:
        """The next word, which is done with."""
        word = self.next
        self._next += 1
        return word

    def skip(self, *words: str) -> bool:
        """Whether the next words are these; if so they are done with."""
        found = tuple(word for _, word in self._words[self._next : self._next + len(words)])
        if found != words:
            return False
        self._next += len(words)
        return True

    def before(self, stops: Collection[str], most: int) -> tuple[str | None, ...]:
        """The words before one of `stops` or the end of the line: `most` of them, None for each that is not there."""
        found: list[str | None] = []
        while self.next and self.next not in stops:
            if len(found) == most:
                raise self.wrong("script.left_over", found=self.next[:40])
            found.append(self.take())
        return (*found, *[None] * (most - len(found)))

    def comma(self) -> bool:
        """Whether a comma comes next; if so it is done with."""
        return any(self.skip(comma) for comma in ",、，")

    def at_time(self) -> bool:
        """Whether the next word is a time or a duration."""
        return _TIME.fullmatch(self.next) is not None

    def time_ms(self) -> int:
        """A time or a duration with its units, `10m`, `1h30m`, in ms."""
        if not self.at_time():
            raise self.wrong("script.need_time", found=self.next[:40])
        found = sum(int(number) * MS_OF[unit] for number, unit in _PART.findall(self.next))
        if found > LONGEST_MS:
            raise self.wrong("script.time_too_long", found=self.next[:40], limit=span(LONGEST_MS))
        self._next += 1
        return found

    def number(self) -> float:
        """A number."""
        if not NUMBER.fullmatch(self.next):
            raise self.wrong("script.need_number", found=self.next[:40])
        return float(self.take())

    def one_of(self, known: Collection[str]) -> str:
        """One of these words."""
        if self.next not in known:
            listed, nearest = ", ".join(known), near(self.next, known)
            if nearest:
                raise self.wrong("script.need_word_near", found=self.next[:40], near=nearest, known=listed)
            raise self.wrong("script.need_word", found=self.next[:40], known=listed)
        return self.take()

    def end(self) -> None:
        """Nothing is left."""
        if self.next:
            raise self.wrong("script.left_over", found=self.next[:40])

    def wrong(self, key: str, /, **fields: object) -> WrongLineError:
        """A mistake at the next word."""
        return WrongLineError(Mistake.at(self.place, key, **fields))


def span(ms: int) -> str:
    """A time or a duration as scripts write it: `1h30m`, `10m1ms`, `0m`."""
    parts = []
    for unit in ("d", "h", "m", "s", "ms"):
        count, ms = divmod(ms, MS_OF[unit])
        if count:
            parts.append(f"{count}{unit}")
    return "".join(parts) or "0m"
