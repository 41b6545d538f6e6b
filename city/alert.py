"""An alert's states, and the event that every change of state is."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from city.decision import ClosingReason
from city.digest import digest

ZONE_SILENT: Final = "system:zone-silent"  # rules.md: silence of a whole zone is one alert of the system
NO_DATA: Final = ":no-data"  # rules.md: silence of a series raises `<rule>:no-data`
ACT_WITHIN_MS: Final = 3_600_000  # rules.md: 1 h, where a rule does not say otherwise or no rule stands behind an alert


class AlertState(StrEnum):
    """inactive → pending → firing → resolved; a resolved alert is inactive until it is raised again."""

    INACTIVE = "inactive"
    PENDING = "pending"
    FIRING = "firing"
    RESOLVED = "resolved"


@dataclass(frozen=True, slots=True)
class Evidence:
    """On what a change of state was decided.

    series: `device:sensor` of the reading it rests on
    time_ms, value, quality: that reading; None where no reading was there (silence)
    peak: the greatest reading with raised ≤ time < `at_ms` of the event; None while there is none
    """

    series: str
    time_ms: int | None
    value: float | None
    quality: int | None
    peak: float | None


@dataclass(frozen=True, slots=True)
class AlertEvent:
    """One change of state of one alert, or of its severity while it fires: then both states are firing.

    subject: `device:sensor` of a series, or the name of a group
    raised_ms: when firing began; for changes that do not reach firing, the time of the change
    at_ms: event time of the change
    position: the journal entry that brought it about; not part of the id
    decided_ms: the journal's time at that entry; with `at_ms` it says how late the decision came
    suppressed_by: nobody is told, for this is in the way: a rule that inhibits it, or `silence:` and the id of one.
        When that is over and the alert still fires, the same event comes again without the mark
    shadow: its rule is on trial: nobody is told, and nothing is done
    reason: why a person closed the alert; None for whatever came of readings and the clock
    retroactive: found afterwards, when late readings were looked at
    flapping: the alert came and went so often that it is held firing until it is calm (rules.md "Flapping")
    caught_up: it was late, and the alert still fires now that its series has caught up (rules.md "Decided late"). Where
        it has caught up in a later step than the one that decided, the same event comes again with the mark
    """

    id: str
    city: str
    rule: str
    version: str
    subject: str
    severity: int
    from_state: AlertState
    to_state: AlertState
    raised_ms: int
    at_ms: int
    decided_ms: int
    position: int
    evidence: Evidence
    suppressed_by: str | None = None
    shadow: bool = False
    retroactive: bool = False
    reason: ClosingReason | None = None
    flapping: bool = False
    caught_up: bool = False

    @property
    def climbs(self) -> bool:
        """Whether it is no change of state, but of the severity of an alert that fires; it may also have fallen."""
        return self.from_state is AlertState.FIRING and self.to_state is AlertState.FIRING

    @property
    def told(self) -> bool:
        """Whether anybody is told: firing and resolved are, where nothing suppresses them and no rule is on trial."""
        changes = self.to_state in {AlertState.FIRING, AlertState.RESOLVED}
        return changes and self.suppressed_by is None and not self.shadow

    def late(self, act_within_ms: int) -> bool:
        """Whether it was found afterwards, or decided later than that after its date."""
        return self.retroactive or self.decided_ms - self.at_ms > act_within_ms


def event_id(city: str, rule: str, subject: str, raised_ms: int, to_state: AlertState, at_ms: int) -> str:
    """The id that follows from an event's content: the same event found again has the same id.

    128 bits of SHA-256 over the fields, hexadecimal. City, rule and subject hold no line breaks by their grammar.
    """
    return digest(city, rule, subject, str(raised_ms), to_state, str(at_ms))
