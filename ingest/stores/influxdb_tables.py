"""Answers to InfluxQL: tables of columns, each of one measurement and one set of tags."""

from typing import Final

import msgspec
import numpy as np

from city.errors import UnavailableError
from city.reading import Float64s, Int64s

Cell = int | float | str | bool | None


class Table(msgspec.Struct, frozen=True):
    """One series of an answer, or a piece of one that is long."""

    columns: list[str]
    name: str = ""
    tags: dict[str, str] = {}
    values: list[list[Cell]] = []

    def column(self, name: str) -> list[Cell]:
        """The cells under `name`."""
        place = self.columns.index(name)
        return [row[place] for row in self.values]

    def integers(self, name: str) -> Int64s:
        """A column of whole numbers, times included."""
        return np.array(self.column(name), np.int64)

    def numbers(self, name: str) -> Float64s:
        """A column of numbers."""
        return np.array(self.column(name), np.float64)


class _Result(msgspec.Struct, frozen=True):
    series: list[Table] = []
    error: str = ""


class _Answer(msgspec.Struct, frozen=True):
    results: list[_Result] = []
    error: str = ""


_DECODER: Final = msgspec.json.Decoder(_Answer)


def tables(body: bytes) -> list[Table]:
    """All tables of an answer, which comes as one or more lines of JSON.

    Raises UnavailableError with the server's words.
    """
    try:
        answers = _DECODER.decode_lines(body)
    except msgspec.DecodeError as e:
        raise UnavailableError(f"what answers is no InfluxDB: {e}") from e
    results = [result for answer in answers for result in answer.results]
    for error in (*(answer.error for answer in answers), *(result.error for result in results)):
        if error:
            raise UnavailableError(f"InfluxDB cannot answer: {error}")
    return [table for result in results for table in result.series]
