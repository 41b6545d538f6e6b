"""Which messages are out without receipt, and when each is to be sent again. Without I/O; times are seconds of any
steady clock.

formats.md: at most 64 are out; one is sent again on reconnecting, after a later message's receipt, or after a delay
that doubles; one sent ten times in vain while later ones got their receipts is set aside, never deleted.
"""

from collections.abc import Collection, Hashable
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

MOST_OUT: Final = 64  # formats.md
MOST_SENDS: Final = 10  # formats.md
FIRST_DELAY_S: Final = 10.0  # receipts come within a second or two where all is well
LONGEST_DELAY_S: Final = 3_600.0  # a city that was away for a day is found again within the hour

K = TypeVar("K", bound=Hashable)


@dataclass(slots=True)
class _Out:
    """A message that was sent. order: of its last sending among all; overtaken: a later one got its receipt."""

    sends: int = 0
    order: int = 0
    due_s: float = 0.0
    overtaken: bool = False


class Outbox(Generic[K]):
    """Keys of messages that are out."""

    def __init__(self, first_delay_s: float = FIRST_DELAY_S) -> None:
        self._first_delay_s = first_delay_s
        self._out: dict[K, _Out] = {}
        self._order = 0
        self.resent = 0

    def __len__(self) -> int:
        return len(self._out)

    def __contains__(self, key: K) -> bool:
        return key in self._out

    @property
    def room(self) -> int:
        """How many more may go out."""
        return MOST_OUT - len(self._out)

    def keys(self) -> Collection[K]:
        """All that are out."""
        return self._out.keys()

    def reconnected(self) -> None:
        """Everything is due at once."""
        for out in self._out.values():
            out.due_s = float("-inf")

    def sent(self, key: K, now_s: float) -> None:
        """It goes out for the first time."""
        self._send(self._out.setdefault(key, _Out()), now_s)

    def again(self, now_s: float) -> tuple[list[K], list[K]]:
        """What is due and goes out again now, and what is given up: to be set aside."""
        going: list[K] = []
        aside: list[K] = []
        for key in [key for key, out in self._out.items() if out.due_s <= now_s]:
            out = self._out[key]
            if out.sends >= MOST_SENDS and out.overtaken:
                del self._out[key]
                aside.append(key)
            else:
                self.resent += 1
                self._send(out, now_s)
                going.append(key)
        return going, aside

    def settle(self, keys: Collection[K]) -> None:
        """Their receipt came; what was sent before any of them is due again."""
        newest = 0
        for key in keys:
            settled = self._out.pop(key, None)
            newest = max(newest, settled.order if settled else 0)
        for out in self._out.values():
            if out.order < newest:
                out.overtaken = True
                out.due_s = float("-inf")

    def drop(self, key: K) -> None:
        """It is out no longer, whatever became of it."""
        self._out.pop(key, None)

    def next_due_s(self) -> float:
        """When the next is due, infinity where none is out."""
        return min((out.due_s for out in self._out.values()), default=float("inf"))

    def _send(self, out: _Out, now_s: float) -> None:
        self._order += 1
        out.order = self._order
        out.due_s = now_s + min(LONGEST_DELAY_S, self._first_delay_s * 2.0**out.sends)
        out.sends += 1
