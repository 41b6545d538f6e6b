"""What of one message cannot be used, counted by reason."""

from city.quarantine import Reason
from ingest.message import Reject


class Rejects:
    """Counted by reason, with the detail of the first of each."""

    def __init__(self) -> None:
        self._found: dict[Reason, Reject] = {}

    def add(self, reason: Reason, count: int, detail: str) -> None:
        """So many readings more."""
        before = self._found.get(reason)
        if before is not None:
            count, detail = before.count + count, before.detail
        self._found[reason] = Reject(reason, count, detail)

    def all(self) -> tuple[Reject, ...]:
        """One for each reason."""
        return tuple(self._found.values())
