"""Where Alembic meets our tables. The connection is handed over by `megane/database.py`."""

import sqlalchemy as sa
from alembic import context

from administration import case_tables as _cases  # noqa: F401  its tables stand in the same metadata
from administration import run_tables as _runs  # noqa: F401  the same
from administration.people.tables import metadata as administration  # with the people's own, the whole of it
from alerts.tables import metadata as alerts


def _run(connection: sa.Connection) -> None:
    # Batch mode: SQLite cannot alter a column in place.
    context.configure(connection=connection, target_metadata=[alerts, administration], render_as_batch=True)
    context.run_migrations()


_run(context.config.attributes["connection"])
