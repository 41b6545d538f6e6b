"""What the API asks about cases. Durable on return; every act gives the case as it stands after it."""

from collections.abc import Sequence
from typing import Protocol

from city.case import Case, CaseAct, CaseChange, CaseFile, CasesWanted, NewCase
from city.reading import ReadingBatch


class Cases(Protocol):
    """Cases, looked for and worked on.

    Raises UnknownCaseError; acts raise StaleCaseError where the case is past the version they saw, CaseRefusedError
    where it cannot be changed so, and do nothing that was done before under their key.
    """

    def cases(self, wanted: CasesWanted, after: tuple[int, str] | None, limit: int) -> Sequence[Case]:
        """Those that fit, the newest opened first, past the one of that time and id."""
        ...

    def case(self, case_id: str) -> CaseFile:
        """One, with all that hangs on it."""
        ...

    def evidence(self, case_id: str, number: int) -> bytes:
        """The document of attached readings: JSON, the very bytes that its hash is of."""
        ...

    def open(self, new: NewCase, by: str, key: str) -> CaseFile:
        """Opens a case; under a key that opened one before, it is that one."""
        ...

    def change(self, case_id: str, wanted: CaseChange, act: CaseAct) -> CaseFile:
        """Title, state among those of work, assignee, due time, more items."""
        ...

    def tick(self, case_id: str, number: int, act: CaseAct, *, ticked: bool) -> CaseFile:
        """Ticks an item of the checklist, or takes its tick away."""
        ...

    def comment(self, case_id: str, text: str, act: CaseAct) -> CaseFile:
        """Words beside it."""
        ...

    def attach(
        self,
        case_id: str,
        series: str,
        unit: str,
        span_ms: tuple[int, int],
        batch: ReadingBatch,
        text: str,
        act: CaseAct,
    ) -> CaseFile:
        """Lays the readings of `batch`, all of one series with from ≤ time < to of the span, beside it."""
        ...

    def close(self, case_id: str, reason: str, left: str, act: CaseAct) -> CaseFile:
        """It is done. left: why, where not all of the checklist is ticked."""
        ...

    def reopen(self, case_id: str, reason: str, act: CaseAct) -> CaseFile:
        """What was done is in progress again."""
        ...

    def void(self, case_id: str, reason: str, act: CaseAct) -> CaseFile:
        """It was none."""
        ...
