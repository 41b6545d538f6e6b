"""Two workers settle the last two steps of a run at once, on PostgreSQL: the run finishes all the same."""

from concurrent.futures import ThreadPoolExecutor

import sqlalchemy as sa

from administration.claims import ClaimedStep, claim
from administration.outcome import Delivered
from administration.playbook import TELL_SUBSCRIBERS, load_playbook
from administration.runs import Joining, join
from administration.settlement import Settled, close_runs, settle
from administration.tables import RunState, StepState, incident, run, step
from bench.waiting import wait_for
from megane.database import open_database
from tests.support.alert_events import START_MS, alert_event
from tests.support.postgresql import Postgresql

WAITING = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"


def test_a_run_is_finished_by_whoever_comes_second(postgresql: Postgresql, postgresql_template: str) -> None:
    with postgresql.database(postgresql_template) as url, ThreadPoolExecutor(1) as threads:
        database = open_database(url)
        event = alert_event()
        playbook = load_playbook(TELL_SUBSCRIBERS, "built in")
        join(database, playbook, [Joining(event, "", (("bosai", "doboku"),))], START_MS, START_MS)
        first, second = claim(database, "city-1", START_MS, 60_000, {}).steps
        with database.begin() as connection:
            connection.execute(incident.update().values(resolved_ms=START_MS))
        with database.begin() as one:  # as `settle` does it, and not committed yet
            one.execute(step.update().where(step.c.sequence == first.sequence).values(state=StepState.DONE))
            close_runs(one, [first.run], START_MS)
            other = threads.submit(settle, database, "city-1", [_delivered(second)], START_MS)
            wait_for(lambda: other.done() or _somebody_waits(database), "the other worker")
        other.result()
        with database.begin() as connection:
            assert connection.scalar(sa.select(run.c.state)) == RunState.FINISHED
        database.dispose()


def _delivered(claimed: ClaimedStep) -> Settled:
    return Settled(claimed, Delivered(200), START_MS, START_MS, StepState.DONE, START_MS)


def _somebody_waits(database: sa.Engine) -> bool:
    with database.connect() as connection:
        return bool(connection.exec_driver_sql(WAITING).scalar())
