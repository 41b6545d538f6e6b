"""What a playbook does with cases, each inside the transaction of the step that does it."""

from collections.abc import Sequence

import sqlalchemy as sa

from administration.case_changes import close, comment
from administration.case_opening import open_case
from administration.case_tables import city_case
from city.case import ENDED, CaseAct, CaseState, NewCase, UnknownCaseError


class CaseBook:
    """Nothing here commits: the case, its number and its step stand together, or none of them does."""

    def open(
        self,
        connection: sa.Connection,
        run: str,
        step: str,
        section: str,
        title: str,
        due_ms: int | None,
        checklist: Sequence[str],
        now_ms: int,
    ) -> str:
        """Opens a case and gives its id; the same step of the same run opens one, however often it is carried out."""
        new = NewCase(section, title, tuple(checklist), due_ms)
        return open_case(connection, new, f"run\n{run}\n{step}", by_run(run), now_ms, run=run, step=step)

    def close(self, connection: sa.Connection, case: str, reason: str, by: str, now_ms: int) -> bool:
        """It is done; where not all of the checklist is ticked, the reason says why that was left too.

        Whether that changed it: one that has ended stays as it is. Raises UnknownCaseError.
        """
        locked = sa.select(city_case.c.state).where(city_case.c.id == case).with_for_update()
        state = connection.scalar(locked)
        if state is None:
            raise UnknownCaseError("case.unknown", id=case[:80])
        if CaseState(state) in ENDED:
            return False
        close(connection, case, reason, reason, CaseAct(by), now_ms)
        return True

    def note(self, connection: sa.Connection, case: str, text: str, by: str, now_ms: int) -> None:
        """Words beside it, one that has ended too. Raises UnknownCaseError."""
        comment(connection, case, text, CaseAct(by), now_ms)


def by_run(run: str) -> str:
    """Under which name a run does something."""
    return f"run:{run}"
