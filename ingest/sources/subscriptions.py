"""What the city subscribes to: all of its own topics, and what its catalog wants beyond them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from city.errors import UnavailableError
from city.wire.mqtt import Suback, Subscribe, Unsubscribe
from ingest.sources.sparkplug_host import SparkplugHost


@dataclass(frozen=True, slots=True)
class Beyond:
    """What is heard beyond the city's own topics: filters, none of which takes in what another does.

    So each message comes once, and has one acknowledgement.
    past: filters of an earlier time, which the session at the broker may still have; host: under which name of
    Sparkplug the city is said to be there
    """

    filters: Sequence[str] = ()
    past: Sequence[str] = ()
    host: SparkplugHost | None = None


NOTHING_BEYOND: Final = Beyond()


class Subscriptions:
    """All of one session."""

    def __init__(self, root: str, beyond: Beyond) -> None:
        self._wanted = (f"{root}/#", *beyond.filters)
        self._past = tuple(sorted(set(beyond.past) - set(self._wanted)))

    def packets(self, subscribe_id: int, unsubscribe_id: int) -> bytes:
        """First to what is wanted, then no more to what once was.

        In between something may come twice; the other way round it would be lost.
        """
        subscribe = Subscribe(subscribe_id, tuple((each, 1) for each in self._wanted)).encode()
        return subscribe + Unsubscribe(unsubscribe_id, self._past).encode() if self._past else subscribe

    def refused(self, suback: Suback) -> Sequence[str]:
        """What the broker does not let the city hear. Raises UnavailableError where it is the city's own topics."""
        if len(suback.codes) != len(self._wanted) or suback.codes[0] != 1:
            raise UnavailableError(f"refused the subscription to {self._wanted[0]}")
        return [wanted for wanted, code in zip(self._wanted, suback.codes, strict=True) if code != 1]
