"""Tells people by mail and chat, through Apprise. Nothing that a service does gets further than this file."""

import asyncio
import re
from collections import OrderedDict
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Final, Self

from administration.channel import THREADS, redacted, service
from administration.outcome import Delivered, Outcome, Reason, Rejected, RetryAfter
from administration.ports import Channels
from city.messages import say

ATTEMPT_S: Final = 15.0  # as for a webhook: a lease is four times that
# To one address at once: chat services ask for about one message a second, and mail servers for few connections.
AT_ONCE: Final = 4
REMEMBERED: Final = 1_000  # messages of which a part was taken: an outage of one service through a long night
ANSWER_CHARS: Final = 300  # enough to see what is wrong over there; three bytes each, it is a kilobyte

_STATUS: Final = re.compile(r"\berror=([1-5]\d\d)\b")  # as Apprise's services end what they say of an HTTP answer


@dataclass(frozen=True, slots=True)
class _Message:
    """What goes out. reference: a line by which people see that two messages are one."""

    title: str
    text: str
    reference: str

    @classmethod
    def of(cls, body: bytes, key: str) -> "_Message":
        title, _, text = body.decode(errors="replace").strip().partition("\n")
        return cls(title.strip(), text.strip(), say("channel.reference", key=key))

    @property
    def body(self) -> str:
        return f"{self.text}\n\n{self.reference}" if self.text else self.reference


@dataclass(slots=True)
class _Destination:
    """One address, with threads of its own: a service that hangs holds up no other."""

    url: str = field(repr=False)
    threads: ThreadPoolExecutor = field(repr=False)


class Notifier:
    """Implements `administration.ports.Sender`. Async context manager: leaving it gives its threads up.

    A message to a channel goes to each of its addresses, and is delivered when each has taken it. Tried again it goes
    to those alone that have not, as long as this process lives; after that again to all of them, with the same
    reference. A thread in which a service hangs goes on until the service's own limits end it.
    """

    def __init__(self, channels: Channels, *, attempt_s: float = ATTEMPT_S) -> None:
        self._channels = channels
        self._attempt_s = attempt_s
        self._destinations: dict[str, list[_Destination]] = {}
        self._taken: OrderedDict[tuple[str, str], set[str]] = OrderedDict()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        for each in self._destinations.values():
            for destination in each:
                destination.threads.shutdown(wait=False, cancel_futures=True)
        self._destinations.clear()

    async def send(self, endpoint: str, key: str, body: bytes) -> Outcome:
        """One attempt to every address of the channel that has not taken it yet.

        endpoint: the channel's name; body: UTF-8, its first line is the title
        """
        destinations = self._of(endpoint)
        if not destinations:
            return Rejected(Reason.NO_ADDRESS)
        message, taken = _Message.of(body, key), self._taken_of(endpoint, key)
        async with asyncio.TaskGroup() as tasks:
            attempts = [
                tasks.create_task(self._attempt(destination, key, message, taken), name=f"notify: {endpoint}")
                for destination in destinations
                if destination.url not in taken
            ]
        outcome = _worst([attempt.result() for attempt in attempts])
        if isinstance(outcome, Delivered):
            self._taken.pop((endpoint, key), None)
        return outcome

    async def _attempt(self, to: _Destination, key: str, message: _Message, taken: set[str]) -> Outcome:
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(self._attempt_s):
                return await loop.run_in_executor(to.threads, _send, to.url, key, message, taken)
        except TimeoutError:
            return RetryAfter(Reason.TIMEOUT)

    def _of(self, channel: str) -> Sequence[_Destination]:
        if channel not in self._destinations:
            found = self._channels.channel(channel)
            self._destinations[channel] = [
                _Destination(url, ThreadPoolExecutor(AT_ONCE, f"{THREADS} {channel}"))
                for url in (found.urls if found is not None else ())
            ]
        return self._destinations[channel]

    def _taken_of(self, channel: str, key: str) -> set[str]:
        taken = self._taken.setdefault((channel, key), set())
        self._taken.move_to_end((channel, key))
        while len(self._taken) > REMEMBERED:
            self._taken.popitem(last=False)
        return taken


def _send(url: str, key: str, message: _Message, taken: set[str]) -> Outcome:
    """In a thread: services block. What was taken is noted also where nobody waits for it any more."""
    # As `service` says: loaded by who has channels.
    from apprise import Apprise, AppriseResultStatus, NotifyFormat  # noqa: PLC0415

    found = service(url, key)
    if found is None:
        return Rejected(Reason.NO_ADDRESS)
    one = Apprise()
    one.add(found)
    result = one.notify(title=message.title, body=message.body, body_format=NotifyFormat.TEXT)
    attempts = [attempt for each in result.results for attempt in each.attempts]
    # The attempts' own status: with `optional=yes` in its address a service counts as a success whatever happened.
    if attempts and attempts[-1].status is AppriseResultStatus.SUCCESS:
        taken.add(url)
        return Delivered()
    said = redacted(url, " ".join(entry.message for attempt in attempts for entry in attempt.logs))
    if attempts and attempts[-1].status is AppriseResultStatus.TIMEOUT:
        return RetryAfter(Reason.TIMEOUT, answer=said[:ANSWER_CHARS])
    # Apprise does not tell a no from a not now. To ask again is a nuisance, not to is a message that never comes.
    status = _STATUS.search(said)
    return RetryAfter(Reason.NOT_TAKEN, int(status[1]) if status else None, said.replace("\0", "")[:ANSWER_CHARS])


def _worst(outcomes: Sequence[Outcome]) -> Outcome:
    """Delivered where all are; else the first that is to be tried again, or else the first that is not."""
    for kind in (RetryAfter, Rejected):
        for outcome in outcomes:
            if isinstance(outcome, kind):
                return outcome
    return Delivered()
