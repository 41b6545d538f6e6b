"""What a backtest says: as records that become JSON, the same for a shadow rule's days of trial."""

from collections.abc import Callable, Sequence
from itertools import groupby
from statistics import median
from typing import Final

import msgspec

from alerts.comparison import Figures, Occasion, Outcome, Span, figures, occasions
from alerts.episode import Episode
from city.alert import NO_DATA
from city.rule import Rule
from megane.episodes import iso
from megane.proposal import Pair

DIGITS: Final = 3  # of hours: seconds and a little


class Told(msgspec.Struct, frozen=True):
    """One alert. Times are ISO 8601 in Asia/Tokyo; `cleared_at` is null while it fires at the end."""

    raised_at: str
    cleared_at: str | None
    peak: float | None


class Alarm(msgspec.Struct, frozen=True):
    """How much of an alarm one side was: alerts, hours of them (of each subject), and what of both was from 22 to 6."""

    alerts: int
    hours: float
    raised_at_night: int
    hours_at_night: float


class Counted(msgspec.Struct, frozen=True):
    """Occasions by what the proposed rule makes of them."""

    gained: int
    lost: int
    earlier: int
    later: int
    same: int


class Difference(msgspec.Struct, frozen=True):
    """One occasion on which the sides differ. `earlier_by_s` is negative where the proposed rule is later."""

    outcome: Outcome
    subject: str
    proposed: Sequence[Told]
    current: Sequence[Told]
    earlier_by_s: float | None


class SubjectReport(msgspec.Struct, frozen=True):
    """One series or group on which either side fired."""

    subject: str
    title: str
    proposed: Alarm
    current: Alarm
    occasions: Counted


class RuleReport(msgspec.Struct, frozen=True):
    """One rule beside its counterpart; `against` and `current_version` are null where there is none.

    rule: with `:no-data` where the alerts are those of silence
    unchanged: both have the same version: no alert can differ
    earlier_by_s, later_by_s: the median over the occasions that are earlier or later; null where none is
    """

    rule: str
    title: str
    version: str
    against: str | None
    current_version: str | None
    unchanged: bool
    proposed: Alarm
    current: Alarm
    occasions: Counted
    earlier_by_s: float | None
    later_by_s: float | None
    subjects: Sequence[SubjectReport]
    differences: Sequence[Difference]


class Report(msgspec.Struct, frozen=True):
    """All of it. `readings` is null where events of the ledger are compared, not readings run again."""

    start: str
    end: str
    readings: int | None
    rules: Sequence[RuleReport]


def report(
    pairs: Sequence[Pair],
    proposed: Sequence[Episode],
    current: Sequence[Episode],
    span: Span,
    readings: int | None,
    title_of: Callable[[str], str],
    rule_title: Callable[[Rule], str],
) -> Report:
    """The report of rules side by side over their alerts; `title_of` says a subject's name."""
    rows = [
        _rule_report(pair, suffix, proposed, current, span, title_of, rule_title(pair.proposed))
        for pair in pairs
        for suffix in ("", NO_DATA)
        if not suffix or _watches_silence(pair)
    ]
    return Report(iso(span.start_ms), iso(span.end_ms), readings, rows)


def _watches_silence(pair: Pair) -> bool:
    return any(rule is not None and rule.no_data_ms is not None for rule in (pair.proposed, pair.current))


def _rule_report(
    pair: Pair,
    suffix: str,
    proposed: Sequence[Episode],
    current: Sequence[Episode],
    span: Span,
    title_of: Callable[[str], str],
    title: str,
) -> RuleReport:
    ours = [episode for episode in proposed if episode.rule == pair.proposed.id + suffix]
    theirs = [e for e in current if pair.current is not None and e.rule == pair.current.id + suffix]
    found = occasions(ours, theirs, span)
    shifts = [occasion.earlier_ms / 1000 for occasion in found if occasion.earlier_ms is not None]
    return RuleReport(
        rule=pair.proposed.id + suffix,
        title=title,
        version=pair.proposed.version,
        against=None if pair.current is None else pair.current.id + suffix,
        current_version=None if pair.current is None else pair.current.version,
        unchanged=pair.current is not None and pair.current.version == pair.proposed.version,
        proposed=_alarm(figures(ours, span)),
        current=_alarm(figures(theirs, span)),
        occasions=_counted(found),
        earlier_by_s=_median([shift for shift in shifts if shift > 0]),
        later_by_s=_median([-shift for shift in shifts if shift < 0]),
        subjects=[
            _subject_report(subject, list(mine), span, title_of)
            for subject, mine in groupby(found, key=lambda occasion: occasion.subject)
        ],
        differences=[_difference(occasion) for occasion in found if occasion.outcome is not Outcome.SAME],
    )


def _subject_report(
    subject: str, found: Sequence[Occasion], span: Span, title_of: Callable[[str], str]
) -> SubjectReport:
    return SubjectReport(
        subject,
        title_of(subject),
        _alarm(figures((episode for occasion in found for episode in occasion.proposed), span)),
        _alarm(figures((episode for occasion in found for episode in occasion.current), span)),
        _counted(found),
    )


def _alarm(found: Figures) -> Alarm:
    return Alarm(found.alerts, round(found.hours, DIGITS), found.raised_at_night, round(found.hours_at_night, DIGITS))


def _counted(found: Sequence[Occasion]) -> Counted:
    outcomes = [occasion.outcome for occasion in found]
    return Counted(**{outcome.value: outcomes.count(outcome) for outcome in Outcome})


def _difference(occasion: Occasion) -> Difference:
    earlier_ms = occasion.earlier_ms
    return Difference(
        occasion.outcome,
        occasion.subject,
        [_told(episode) for episode in occasion.proposed],
        [_told(episode) for episode in occasion.current],
        None if earlier_ms is None else earlier_ms / 1000,
    )


def _told(episode: Episode) -> Told:
    cleared = None if episode.cleared_ms is None else iso(episode.cleared_ms)
    return Told(iso(episode.raised_ms), cleared, episode.peak)


def _median(values: Sequence[float]) -> float | None:
    return median(values) if values else None
