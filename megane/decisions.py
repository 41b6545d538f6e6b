"""What people decide, on its way into the journal, and what was decided before."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from alerts.ledger import Ledger
from alerts.projection import Alert
from alerts.silence_log import MadeSilence
from alerts.watch import Watch
from city.clock import Clock
from city.decision import AlertName, Decision
from city.entry import DecisionEntry
from city.ports import JournalWriter

# The engine is rarely more than a batch behind; whoever decided waits before a page, and may see it a moment later.
APPLIES_WITHIN_S: Final = 5.0


@dataclass(frozen=True, slots=True)
class Written:
    """Where a decision stands in the journal, and whether the engine and the ledger have come to it."""

    position: int
    applied: bool


class Decisions:
    """Implements `api.ports.Decisions`. Blocking; called from worker threads."""

    def __init__(
        self, journal: JournalWriter, ledger: Ledger, watch: Watch, clock: Clock, loop: asyncio.AbstractEventLoop
    ) -> None:
        """`loop`: the one on which the watch runs."""
        self._journal = journal
        self._ledger = ledger
        self._watch = watch
        self._clock = clock
        self._loop = loop

    def decide(self, decision: Decision) -> Written:
        """Writes it down, once under its key; waits a while until it has taken effect.

        Raises UnavailableError where the journal cannot be written: nothing was decided then.
        """
        return self.decide_all([decision])[0]

    def decide_all(self, decisions: Sequence[Decision]) -> Sequence[Written]:
        """Writes them down in their order, and waits once for all of them."""
        positions = [self._journal.append_decision(self._clock.now_ms(), decision) for decision in decisions]
        applied = self._applied(max(positions, default=0))
        return [Written(position, applied) for position in positions]

    def _applied(self, position: int) -> bool:
        """Whether engine and ledger come to that entry in time."""
        waiting = asyncio.run_coroutine_threadsafe(self._watch.caught_up(position), self._loop)
        try:
            waiting.result(APPLIES_WITHIN_S)
        except TimeoutError:
            waiting.cancel()
            return False
        return True

    def alert(self, rule: str, subject: str, raised_ms: int | None) -> Alert | None:
        """The alert that was raised then; the newest for None."""
        return self._ledger.alert(rule, subject, raised_ms)

    def decisions_of(self, alert: AlertName) -> Sequence[DecisionEntry]:
        """What was decided about one alert, in order."""
        return self._ledger.decisions_of(alert)

    def silences(self, after_ms: int | None, limit: int) -> Sequence[MadeSilence]:
        """The newest first; only those that are not over by then, where `after_ms` is given."""
        return self._ledger.silences(after_ms, limit)

    def silence(self, ident: str) -> MadeSilence | None:
        """The one of that id."""
        return self._ledger.silence(ident)
