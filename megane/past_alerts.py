"""What a city's ledger has of the past, for commands beside a running city: its database may be read at any time."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final, TypeVar

from alerts.ledger import Ledger
from alerts.projection import Alert
from city.errors import UnavailableError
from megane.city_home import CityHome
from megane.database import DatabaseError, open_for_reading
from megane.history import HistoryError, Moments
from megane.postgresql import postgresql_url, unusable
from megane.settings import Settings

MOST: Final = 1_000_000  # alerts: some 500 MB in hand
T = TypeVar("T")


def past_alerts(settings: Settings, moments: Moments) -> Sequence[Alert]:
    """Alerts that fired in the span, of rules that act and of those on trial. Raises HistoryError or DatabaseError."""
    return _ask(settings, lambda ledger: ledger.alerts(None, moments.start_ms, moments.end_ms, MOST, shadow=None))


def closed_alerts(settings: Settings, moments: Moments) -> Sequence[Alert]:
    """Alerts raised in the span that people closed with a reason. Raises HistoryError or DatabaseError."""
    return _ask(settings, lambda ledger: ledger.closings(moments.start_ms, moments.end_ms))


def _ask(settings: Settings, question: Callable[[Ledger], T]) -> T:
    where = postgresql_url(settings.database) or CityHome(Path(settings.home).resolve()).database
    if isinstance(where, Path) and not where.exists():
        raise HistoryError("megane.no-city-there", home=settings.home)
    database = open_for_reading(where)
    try:
        return question(Ledger(database))
    except UnavailableError as e:  # a file of another version, or none of ours; a server that is away
        if isinstance(where, Path):
            raise DatabaseError("megane.database-unusable", file=str(where), problem=str(e)) from e
        raise unusable(where, e) from e
    finally:
        database.dispose()
