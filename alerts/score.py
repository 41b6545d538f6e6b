"""How well alerts tell of events that somebody has labelled: precision, recall and lead time.

An alert is *right* where it fires during a real event of its subject or at most `ahead` before it, and *wrong* where
it fires during one that is labelled as no event. Of the others nobody knows: they count as wrong where the labels say
everything that happened, else as neither.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Final

from alerts.comparison import Span
from alerts.episode import Episode

ANYWHERE: Final = "*"


@dataclass(frozen=True, slots=True)
class Event:
    """What happened (`real`) or was taken for an event and was none: start ≤ time < end, ms.

    subject: a series (`device:sensor`), a device (all its series), a group, or `*`: any
    """

    subject: str
    start_ms: int
    end_ms: int
    real: bool = True


@dataclass(frozen=True, slots=True)
class Score:
    """What of the alerts was right, and what of the events was told.

    alerts = right + wrong + unknown; told: events that an alert is right about
    leads_ms: of each event told, how long before its beginning the first such alert was raised, `ahead` at most (what
        fired all the time foresaw nothing); negative: after it
    """

    alerts: int
    right: int
    wrong: int
    unknown: int
    events: int
    told: int
    leads_ms: tuple[int, ...]

    @property
    def precision(self) -> float | None:
        """Of the alerts of which it is known, the share that is right; None where there is none."""
        known = self.right + self.wrong
        return self.right / known if known else None

    @property
    def recall(self) -> float | None:
        """Of the events the share that is told; None where there is none."""
        return self.told / self.events if self.events else None

    @property
    def lead_ms(self) -> float | None:
        """The median; None where nothing is told."""
        return median(self.leads_ms) if self.leads_ms else None


def score(episodes: Sequence[Episode], events: Sequence[Event], ahead_ms: int, span: Span, *, whole: bool) -> Score:
    """The score of a rule's alerts within a span, by the events that begin in it; `whole`: these are all there were."""
    inside = [event for event in events if span.start_ms <= event.start_ms < span.end_ms]
    by_subject: dict[str, list[Event]] = defaultdict(list)
    for event in inside:
        by_subject[event.subject].append(event)
    right = wrong = unknown = 0
    first: dict[Event, int] = {}
    for episode in episodes:
        start_ms, end_ms = span.of(episode)
        met = [e for name in _names(episode.subject) for e in by_subject[name] if _meets(e, start_ms, end_ms, ahead_ms)]
        real = [event for event in met if event.real]
        for event in real:
            first[event] = min(first.get(event, episode.raised_ms), episode.raised_ms)
        if real:
            right += 1
        elif met or whole:
            wrong += 1
        else:
            unknown += 1
    leads = tuple(min(ahead_ms, event.start_ms - first[event]) for event in inside if event in first)
    real_events = sum(event.real for event in inside)
    return Score(len(episodes), right, wrong, unknown, real_events, len(leads), leads)


def events_of(episodes: Iterable[Episode], apart_ms: int, span: Span) -> list[Event]:
    """Alerts as events, those of one subject that lie less than `apart_ms` apart being one."""
    found: list[Event] = []
    for episode in sorted(episodes, key=lambda e: (e.subject, e.raised_ms)):
        start_ms, end_ms = span.of(episode)
        if found and found[-1].subject == episode.subject and start_ms - found[-1].end_ms < apart_ms:
            start_ms, end_ms = found[-1].start_ms, max(end_ms, found.pop().end_ms)
        found.append(Event(episode.subject, start_ms, end_ms))
    return found


def _names(subject: str) -> tuple[str, ...]:
    """Under which an event of a subject may stand."""
    device, colon, _ = subject.partition(":")
    return (subject, device, ANYWHERE) if colon else (subject, ANYWHERE)


def _meets(event: Event, start_ms: int, end_ms: int, ahead_ms: int) -> bool:
    """Whether an alert tells of the event: it fires at some time from `ahead_ms` before it to its end."""
    return start_ms < event.end_ms and end_ms > event.start_ms - (ahead_ms if event.real else 0)
