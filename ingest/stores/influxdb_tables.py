"""Answers to InfluxQL: tables of columns, each of one measurement and one set of tags."""

from typing import Final

import msgspec
import numpy as np

from city.errors import RefusedError, UnavailableError
from city.reading import Float64s, Int64s

Cell = int | float | str | bool | None


class Table(msgspec.Struct, frozen=True):
    """One series of an answer. `partial`: the server cut it, because it is set up to give no more rows."""

    columns: list[str]
    name: str = ""
    tags: dict[str, str] = {}
    values: list[list[Cell]] = []
    partial: bool = False

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
    """All tables of an answer. Raises UnavailableError with the server's words, RefusedError where it was cut."""
    try:
        answer = _DECODER.decode(body)
    except msgspec.DecodeError as e:
        raise UnavailableError(f"what answers is no InfluxDB: {e}") from e
    for error in (answer.error, *(result.error for result in answer.results)):
        if error:
            raise UnavailableError(f"InfluxDB cannot answer: {error}")
    found = [table for result in answer.results for table in result.series]
    if any(table.partial for table in found):
        raise RefusedError("InfluxDB cuts its answers: set max-row-limit = 0 in its configuration")
    return found
