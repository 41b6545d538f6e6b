"""A scalar as it was written in its file: quotes, folds and escapes shift the places inside its text."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from city.errors import Place

_LONG_ESCAPES: Final = {"x": 4, "u": 6, "U": 10}  # as many characters of the file stand for one; of others, two


@dataclass(frozen=True, slots=True)
class Written:
    """What stands in the file from the scalar's place on, without an opening quote. quote: `'`, `"` or empty."""

    raw: str
    quote: str = ""

    def place_of(self, place: Place, text: str, index: int) -> Place:
        """Where `text[index]` stands, the scalar being at `place`; its end for an index past the end.

        Space is what YAML folds and strips, so what is counted is everything else.
        """
        wanted = sum(not character.isspace() for character in text[:index])
        past_space = index < len(text) and not text[index].isspace()
        end = Place(place.file, place.line, place.column)
        for line, column, length in self._characters(place):
            if wanted == 0 and past_space:
                return Place(place.file, line, column)
            if wanted == 0:
                break
            end = Place(place.file, line, column + length)
            wanted -= 1
        return end

    def _characters(self, place: Place) -> Iterator[tuple[int, int, int]]:
        """Line, column and length in the file of every character of the text that is no space."""
        line, column, at = place.line, place.column, 0
        while at < len(self.raw):
            length = self._length(at)
            piece = self.raw[at : at + length]
            if not piece.isspace() and not (self.quote == '"' and piece in {"\\\n", "\\ "}):
                yield line, column, length
            at += length
            column += length
            if piece.endswith("\n"):
                line, column = line + 1, 1

    def _length(self, at: int) -> int:
        """How many characters of the file stand for the one that begins there."""
        if self.quote == "'" and self.raw.startswith("''", at):
            return 2
        if self.quote == '"' and self.raw[at] == "\\":
            return _LONG_ESCAPES.get(self.raw[at + 1 : at + 2], 2)
        return 1
