"""What a person decides about alerts. A decision stands in the journal, so that events stay a function of it."""

from enum import StrEnum

import msgspec

from city.schedule import Schedule


class ClosingReason(StrEnum):
    """Why a person closed an alert: what report cards and tuning learn from."""

    TRUE_ALARM = "true_alarm"  # 本当の異常
    FALSE_ALARM = "false_alarm"  # 誤報
    TEST = "test"  # 試験・訓練
    MAINTENANCE = "maintenance"  # 点検・工事


class AlertName(msgspec.Struct, frozen=True):
    """The one alert that is meant: raised later by the same rule on the same subject it is another.

    rule: the id under which it goes, `river-danger` or `river-danger:no-data`
    """

    rule: str
    subject: str
    raised_ms: int


class Acknowledge(msgspec.Struct, frozen=True, tag="acknowledge", tag_field="kind"):
    """Somebody has seen it and takes care."""

    alert: AlertName


class Assign(msgspec.Struct, frozen=True, tag="assign", tag_field="kind"):
    """It is `to` who takes care of it."""

    alert: AlertName
    to: str


class Comment(msgspec.Struct, frozen=True, tag="comment", tag_field="kind"):
    """Words beside an alert: the decision's own."""

    alert: AlertName


class Close(msgspec.Struct, frozen=True, tag="close", tag_field="kind"):
    """It is over for a reason, whatever its readings say: while its condition holds on, it is not raised again.

    One that had resolved before is only told apart by its reason.
    """

    alert: AlertName
    reason: ClosingReason


class Silence(msgspec.Struct, frozen=True, tag="silence", tag_field="kind"):
    """Nobody is told of alerts that fit all that is named, at from ≤ t < to; their states go on as ever.

    rules: ids (with that of a rule, its `:no-data` too); empty: every rule. The same for subjects (`device:sensor`, or
        a group) and areas, those of the subject's sensor
    severity_at_most: graver alerts are told
    to_ms: None: until somebody lifts it
    schedule: only while one of these is inside; empty: all the time
    """

    id: str
    from_ms: int
    to_ms: int | None = None
    rules: tuple[str, ...] = ()
    subjects: tuple[str, ...] = ()
    areas: tuple[str, ...] = ()
    severity_at_most: int | None = None
    schedule: tuple[Schedule, ...] = ()


class Lift(msgspec.Struct, frozen=True, tag="lift", tag_field="kind"):
    """A silence ends now; what still fires under it is told."""

    silence: str


AboutAlert = Acknowledge | Assign | Comment | Close
Act = AboutAlert | Silence | Lift


class Decision(msgspec.Struct, frozen=True):
    """What somebody decided.

    key: chosen by whoever sends it; a decision that comes again under its key is the same one
    by: the person's name, as the caller gives it
    text: their words, empty where they said none
    """

    key: str
    by: str
    act: Act
    text: str = ""
