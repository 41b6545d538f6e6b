"""Files that are made out of lines of a script, and the way back: what is wrong in them is wrong in the script."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from city.errors import Mistake, Place


@dataclass(slots=True)
class Composed:
    """A text under the script's own name.

    _from: its line → (line of the script, how far columns were moved right)
    """

    file: str
    _lines: list[str] = field(default_factory=list)
    _from: dict[int, tuple[int, int]] = field(default_factory=dict)

    def add(self, text: str, line: int, moved: int = 0) -> None:
        """A line that comes from this line of the script; `moved`: its columns stand so much further right."""
        self._lines.append(text)
        self._from[len(self._lines)] = (line, moved)

    @property
    def text(self) -> str:
        """All of it."""
        return "\n".join(self._lines) + "\n"

    def back(self, mistakes: Iterable[Mistake]) -> Iterator[Mistake]:
        """The mistakes where they stand in the script; those in other files as they are."""
        for mistake in mistakes:
            fields = tuple((name, self._said(value)) for name, value in mistake.fields)
            yield replace(mistake, place=self._place(mistake.place), fields=fields)

    def _place(self, place: Place) -> Place:
        if place.file != self.file or place.line not in self._from:
            return place
        line, moved = self._from[place.line]
        return Place(place.file, line, max(place.column - moved, 1))

    def _said(self, value: object) -> object:
        """A place that a message names."""
        file, _, numbers = str(value).partition(f"{self.file}:")
        if file or not numbers:
            return value
        line, _, column = numbers.partition(":")
        return self._place(Place(self.file, int(line), int(column or 0))) if line.isdigit() else value
