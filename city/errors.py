"""The one tree of errors.

    MeganeError
    ├── UserError            a person can cause and mend it: a message of the catalogue, exit non-zero, no traceback
    │   ├── MistakesError    many mistakes in files, reported all at once
    │   └── ...              each package adds its own below UserError, named for what is wrong
    ├── RefusedError         another system said no, and will say no again: not retried
    └── UnavailableError     another system did not answer or said "later": retried, nothing is lost

Programming errors stay Python's own (TypeError, KeyError, AssertionError) and do end with a traceback.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from city.messages import say
from city.messages.text import Lang


class MeganeError(Exception):
    """Everything that Megane itself raises."""


class UserError(MeganeError):
    """Something a person can cause and mend.

    `key` and `fields` name a message of the catalogue that says what is wrong and what to do.
    """

    def __init__(self, key: str, /, **fields: object) -> None:
        self.key = key
        self.fields = fields
        super().__init__(say(key, Lang.EN, **fields))

    def text(self, lang: Lang) -> str:
        """The message in `lang`, ready to be shown."""
        return say(self.key, lang, **self.fields)


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where in a file something stands. `line` and `column` count from 1; 0 means the file as a whole."""

    file: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        if not self.line:
            return self.file
        return f"{self.file}:{self.line}:{self.column}" if self.column else f"{self.file}:{self.line}"


@dataclass(frozen=True, slots=True)
class Mistake:
    """One thing wrong in a file: where, what (a message of the catalogue, which also says what would be right)."""

    place: Place
    key: str
    fields: tuple[tuple[str, object], ...] = ()

    @classmethod
    def at(cls, place: Place, key: str, /, **fields: object) -> "Mistake":
        """A mistake with its message's fields by name."""
        return cls(place, key, tuple(fields.items()))

    def text(self, lang: Lang) -> str:
        """`file:line:column: message` in `lang`."""
        return f"{self.place}: {say(self.key, lang, **dict(self.fields))}"


class MistakesError(UserError):
    """All mistakes found in a set of files, in the order of their places."""

    def __init__(self, mistakes: Sequence[Mistake]) -> None:
        self.mistakes = tuple(sorted(mistakes, key=lambda m: m.place))
        super().__init__("city.mistakes", count=len(self.mistakes))

    def text(self, lang: Lang) -> str:
        """Every mistake on a line of its own, then how many there are."""
        return "\n".join([*(m.text(lang) for m in self.mistakes), super().text(lang)])


class RefusedError(MeganeError):
    """Another system refused for good; trying again would change nothing."""


class UnavailableError(MeganeError):
    """Another system is away or asked to come again later; the caller keeps what it has and retries.

    `retry_after_s` is what the other side asked for, None where it did not say.
    """

    def __init__(self, message: str, retry_after_s: float | None = None) -> None:
        self.retry_after_s = retry_after_s
        super().__init__(message)
