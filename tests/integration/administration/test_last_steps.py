"""Two workers settle the last two deliveries of a run at once, on PostgreSQL: the run finishes all the same."""

from concurrent.futures import ThreadPoolExecutor

import sqlalchemy as sa

from administration.claims import ClaimedDelivery, claim
from administration.joining import join
from administration.office import Office
from administration.outcome import Delivered
from administration.settlement import Settled, close_runs, settle
from administration.tables import DeliveryState, RunStatus, delivery, run
from bench.waiting import wait_for
from megane.database import open_database
from tests.support.alert_events import START_MS, alert_event
from tests.support.business import TestCity
from tests.support.postgresql import Postgresql

WAITING = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"


def test_a_run_is_finished_by_whoever_comes_second(postgresql: Postgresql, postgresql_template: str) -> None:
    with postgresql.database(postgresql_template) as url, ThreadPoolExecutor(1) as threads:
        database = open_database(url)
        event = alert_event()
        city = TestCity({"bosai": "http://127.0.0.1:9/", "doboku": "http://127.0.0.1:9/"})
        join(database, Office(city, city), [event], START_MS)
        first, second = claim(database, "city-1", START_MS, 60_000, {}).deliveries
        with database.begin() as connection:
            connection.execute(run.update().values(over=True))
        with database.begin() as one:  # as `settle` does it, and not committed yet
            one.execute(delivery.update().where(delivery.c.sequence == first.sequence).values(state=DeliveryState.DONE))
            close_runs(one, [first.run], START_MS)
            other = threads.submit(settle, database, "city-1", [_delivered(second)], START_MS)
            wait_for(lambda: other.done() or _somebody_waits(database), "the other worker")
        other.result()
        with database.begin() as connection:
            assert connection.scalar(sa.select(run.c.state)) == RunStatus.FINISHED
        database.dispose()


def _delivered(claimed: ClaimedDelivery) -> Settled:
    return Settled(claimed, Delivered(200), START_MS, START_MS, DeliveryState.DONE, START_MS)


def _somebody_waits(database: sa.Engine) -> bool:
    with database.connect() as connection:
        return bool(connection.exec_driver_sql(WAITING).scalar())
