"""What people do with cases. Blocking; each call is one transaction, durable on return."""

from collections.abc import Callable, Sequence

import sqlalchemy as sa

from administration import case_changes
from administration.case_evidence import Evidence
from administration.case_opening import open_case
from administration.case_shelf import find_cases, read_case, read_evidence
from administration.transaction import transaction
from city.case import Case, CaseAct, CaseChange, CaseFile, CasesWanted, NewCase
from city.clock import Clock
from city.reading import ReadingBatch


class CaseDesk:
    """Every act gives the case as it stands after it.

    Raises UnknownCaseError, StaleCaseError and CaseRefusedError as `case_changes` says.
    """

    def __init__(self, database: sa.Engine, reading: sa.Engine, clock: Clock) -> None:
        """`reading`: sees the newest commit, and holds up nobody who writes."""
        self._database = database
        self._reading = reading
        self._clock = clock

    def cases(self, wanted: CasesWanted, after: tuple[int, str] | None, limit: int) -> Sequence[Case]:
        """Those that fit, the newest opened first, past the one of that time and id."""
        with transaction(self._reading) as connection:
            return find_cases(connection, wanted, after, limit, self._clock.now_ms())

    def case(self, case_id: str) -> CaseFile:
        """One, with all that hangs on it."""
        with transaction(self._reading) as connection:
            return read_case(connection, case_id)

    def evidence(self, case_id: str, number: int) -> bytes:
        """The document of attached readings: JSON, the very bytes that its hash is of."""
        with transaction(self._reading) as connection:
            return read_evidence(connection, case_id, number)

    def open(self, new: NewCase, by: str, key: str) -> CaseFile:
        """Opens a case; under a key that opened one before, it is that one."""
        try:
            return self.case(self._open(new, by, key))
        except sa.exc.IntegrityError:  # PostgreSQL: the same key at the same moment, in another section or year
            return self.case(self._open(new, by, key))

    def change(self, case_id: str, wanted: CaseChange, act: CaseAct) -> CaseFile:
        """Title, state among those of work, assignee, due time, more items."""
        return self._do(case_id, lambda c, now_ms: case_changes.change(c, case_id, wanted, act, now_ms))

    def tick(self, case_id: str, number: int, act: CaseAct, *, ticked: bool) -> CaseFile:
        """Ticks an item of the checklist, or takes its tick away."""
        return self._do(case_id, lambda c, now_ms: case_changes.tick(c, case_id, number, act, now_ms, ticked=ticked))

    def comment(self, case_id: str, text: str, act: CaseAct) -> CaseFile:
        """Words beside it."""
        return self._do(case_id, lambda c, now_ms: case_changes.comment(c, case_id, text, act, now_ms))

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
        evidence = Evidence.of(series, unit, *span_ms, batch)
        return self._do(case_id, lambda c, now_ms: case_changes.attach(c, case_id, evidence, text, act, now_ms))

    def close(self, case_id: str, reason: str, left: str, act: CaseAct) -> CaseFile:
        """It is done. left: why, where not all of the checklist is ticked."""
        return self._do(case_id, lambda c, now_ms: case_changes.close(c, case_id, reason, left, act, now_ms))

    def reopen(self, case_id: str, reason: str, act: CaseAct) -> CaseFile:
        """What was done is in progress again."""
        return self._do(case_id, lambda c, now_ms: case_changes.reopen(c, case_id, reason, act, now_ms))

    def void(self, case_id: str, reason: str, act: CaseAct) -> CaseFile:
        """It was none."""
        return self._do(case_id, lambda c, now_ms: case_changes.void(c, case_id, reason, act, now_ms))

    def _open(self, new: NewCase, by: str, key: str) -> str:
        with transaction(self._database) as connection:
            return open_case(connection, new, f"hand\n{key}", by, self._clock.now_ms())

    def _do(self, case_id: str, act: Callable[[sa.Connection, int], None]) -> CaseFile:
        with transaction(self._database) as connection:
            act(connection, self._clock.now_ms())
        return self.case(case_id)
