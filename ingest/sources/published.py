"""Readings that somebody publishes as files: history to run rules over."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from city.catalog import Catalog
from city.quarantine import Reason
from city.reading import ReadingBatch, SeriesKey

MOST_REJECTS = 100  # of each reason: enough to see what is wrong; the rows themselves stay in the files


@dataclass(frozen=True, slots=True)
class RejectedRow:
    """A row that could not be used. `detail` says where it stands (`file:line`) and shows it."""

    reason: Reason
    detail: str


@dataclass(frozen=True, slots=True)
class PublishedReadings:
    """What was in the files: read = len(batch) + outside + the sum of `quarantined`.

    batch: in order of time, equal times in file order; duplicates are still in it
    outside: rows of these files with a time outside of what was asked for
    rejects: the first `MOST_REJECTS` rows of each reason, in file order
    """

    batch: ReadingBatch
    read: int
    outside: int
    quarantined: Mapping[Reason, int]
    rejects: tuple[RejectedRow, ...]


class Published(Protocol):
    """One published collection, opened."""

    def catalog(self) -> Catalog:
        """Its sensors, as a catalog of their own. Raises a UserError for files that are not of this format."""
        ...

    def subject_of(self, key: SeriesKey) -> str:
        """The name that the publisher gives to this series."""
        ...

    def readings(self, start: date, end: date) -> PublishedReadings:
        """The readings of these days, `end` not among them, by the publisher's local time."""
        ...
