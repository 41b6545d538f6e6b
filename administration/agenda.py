"""The agenda: one task that does what is due. Waits end, questions climb their ladder, devices have answered or not."""

from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import replace
from typing import Final

import sqlalchemy as sa

from administration.bell import Bell
from administration.chronicle import LineKind
from administration.clerk import Clerk
from administration.course import AT_WORK, WAITING, Status
from administration.device_desk import EXPIRED
from administration.happening import Due, Ended
from administration.metrics import Metrics
from administration.office import Office
from administration.open_run import OpenRun
from administration.run_tables import run_step
from administration.steps.approve import Approve
from administration.steps.command import Command
from administration.tables import device_command, run
from administration.transaction import transaction, until_answered
from city.clock import Clock
from city.output_words import set_text
from city.wire.command import Outcome

AT_ONCE: Final = 200  # steps a transaction: tens of milliseconds, so that those who read do not wait


class Agenda:
    """Runs until cancelled. What was due while nobody ran is done at the next start.

    on_deliveries: called from the database thread as soon as something is to go out (`Worker.wake`)
    """

    def __init__(
        self,
        *,
        database: sa.Engine,
        database_thread: Executor,
        office: Office,
        clock: Clock,
        metrics: Metrics,
        on_deliveries: Callable[[], None],
    ) -> None:
        self._database = database
        self._thread = database_thread
        self._office = office
        self._clock = clock
        self._metrics = metrics
        self._on_deliveries = on_deliveries
        self._bell = Bell()

    def wake(self) -> None:
        """Something may be due, or is to be waited for. From any thread."""
        self._bell.ring()

    async def run(self) -> None:
        """Does what is due, and waits for what is due next."""
        while True:
            waits = self._metrics.database_waits.inc
            more, next_ms = await until_answered(self.do_due, self._thread, self._clock, waits)
            if not more:
                await self._bell.wait_until(next_ms, self._clock)

    def do_due(self) -> tuple[bool, int | None]:
        """Does at most `AT_ONCE` of what is due, in one transaction, durable on return. Blocking.

        Gives whether there may be more, and when the next is due (None: nothing waits for a time).
        """
        now_ms = self._clock.now_ms()
        with transaction(self._database) as connection:
            due = connection.execute(_DUE, {"now_ms": now_ms}).all()
            clerk = Clerk(connection, self._office, now_ms)
            clerk.take(row.incident for row in due)
            for row in due:
                self._do(connection, clerk, clerk.runs[row.incident], row.place)
            made = clerk.file()
            next_ms = connection.scalar(_NEXT)
        if made or due:
            self._on_deliveries()
        return len(due) == AT_ONCE, next_ms

    def _do(self, connection: sa.Connection, clerk: Clerk, run_: OpenRun, place: str) -> None:
        """What is due of one step; nothing where another has done it meanwhile."""
        mark = run_.marks.get(place)
        if mark is None or mark.due_ms is None:
            # Its playbook is not understood any more and has no such step now; or another has done it meanwhile.
            connection.execute(_FORGET, {"of_run": run_.id, "at_place": place})
            return
        step, now_ms = run_.state.steps[place], clerk.papers.now_ms
        if step.status in AT_WORK:
            self._answer(connection, clerk, run_, place)
        elif mark.due_ms <= now_ms:
            run_.marks[place] = replace(mark, due_ms=None)
            if step.status in WAITING:
                if not isinstance(run_.course.steps[place], Approve):
                    clerk.papers.note(run_, LineKind.WENT_ON, f"run:{run_.id}", place)
                clerk.happens(run_, Due(place, mark.rung))

    def _answer(self, connection: sa.Connection, clerk: Clerk, run_: OpenRun, place: str) -> None:
        """A device has said what it made of its command, or its time is over."""
        mark, step = run_.marks[place], run_.course.steps[place]
        assert isinstance(step, Command)  # nothing else is at work over the end of a transaction
        given = device_command.c.id == mark.command
        answer = connection.execute(sa.select(device_command).where(given).with_for_update()).one()
        late = mark.due_ms is not None and mark.due_ms <= clerk.papers.now_ms
        if answer.outcome not in _FINAL and not late:
            return
        well = answer.outcome == Outcome.DONE
        if answer.outcome not in _FINAL:
            expired = {"outcome": EXPIRED, "answered_ms": clerk.papers.now_ms}
            connection.execute(device_command.update().where(given).values(expired))
        run_.marks[place] = replace(mark, due_ms=None, command=None)
        undoing = run_.state.steps[place].status is Status.UNDOING
        wanted = (step.undo if undoing else step.set) or {}
        fields = {"device": step.device, "set": set_text(wanted)}
        if not well:
            fields["problem"] = ": ".join(str(part) for part in (answer.reason, answer.detail) if part) or EXPIRED
        kind = LineKind.OBEYED if well else LineKind.DISOBEYED
        clerk.papers.note(run_, kind, f"device:{step.device}", place, fields)
        clerk.happens(run_, Ended(place, well=well))


_FINAL: Final = (Outcome.DONE.value, Outcome.REFUSED.value, EXPIRED)
_OPEN = run_step.join(run, sa.and_(run.c.id == run_step.c.run, sa.not_(run.c.over)))
_ANSWERED = (
    sa.exists()
    .where(device_command.c.id == run_step.c.command, device_command.c.outcome.in_(_FINAL))
    .correlate(run_step)
)
_DUE: Final = (
    sa.select(run.c.incident, run_step.c.place, run_step.c.due_ms)
    .select_from(_OPEN)
    .where(
        run_step.c.due_ms.is_not(None),
        sa.or_(run_step.c.due_ms <= sa.bindparam("now_ms"), sa.and_(run_step.c.command.is_not(None), _ANSWERED)),
    )
    .order_by(run_step.c.due_ms, run_step.c.run, run_step.c.place)
    .limit(AT_ONCE)
)
_FORGET: Final = (
    run_step.update()
    .where(run_step.c.run == sa.bindparam("of_run"), run_step.c.place == sa.bindparam("at_place"))
    .values(due_ms=None)
)
_NEXT: Final = sa.select(sa.func.min(run_step.c.due_ms)).select_from(_OPEN)
