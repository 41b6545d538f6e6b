"""All that is known of one alert in the order in which it came: what happened, what was decided, by whom."""

from collections.abc import Sequence
from dataclasses import dataclass

from api.ports import Alert, MadeSilence
from api.situation import Told
from city.alert import NO_DATA
from city.decision import Acknowledge, Act, Assign, Close
from city.entry import DecisionEntry
from city.messages import say
from city.messages.text import Lang
from city.schedule_file import written


@dataclass(frozen=True, slots=True)
class Line:
    """One line. by: who; None: the rule, by itself. text: their words, empty where they said none."""

    at_ms: int
    by: str | None
    what: str
    text: str = ""


def chronology_of(
    told: Told, decisions: Sequence[DecisionEntry], silences: Sequence[MadeSilence], lang: Lang
) -> Sequence[Line]:
    """The oldest first."""
    alert = told.alert
    lines = [Line(alert.raised_ms, None, say("alert_page.was-raised", lang, title=told.title.of(lang)))]
    lines += [
        Line(entry.at_ms, entry.decision.by, _said(entry.decision.act, lang), entry.decision.text)
        for entry in decisions
    ]
    for made in silences:
        hours = written(made.silence.schedule)
        key = "alert_page.was-silenced-at" if hours else "alert_page.was-silenced"
        lines.append(Line(made.made_ms, made.made_by, say(key, lang, hours=hours), made.text))
        if made.lifted_ms is not None:
            lines.append(Line(made.lifted_ms, made.lifted_by, say("alert_page.was-lifted", lang)))
    if alert.resolved_ms is not None:
        lines.append(Line(alert.resolved_ms, None, say("alert_page.was-resolved", lang)))
    return sorted(lines, key=lambda line: line.at_ms)


def silences_of(told: Told, silences: Sequence[MadeSilence]) -> Sequence[MadeSilence]:
    """Those that were made for such an alert while it fired, or that keep it from being told."""
    return [made for made in silences if _fits(made, told) and _meets(made, told.alert)]


def _fits(made: MadeSilence, told: Told) -> bool:
    silence, alert = made.silence, told.alert
    area = None if told.sensor is None else told.sensor.area
    return (
        (not silence.rules or bool({alert.rule, alert.rule.removesuffix(NO_DATA)} & set(silence.rules)))
        and (not silence.subjects or alert.subject in silence.subjects)
        and (not silence.areas or area in silence.areas)
        and (silence.severity_at_most is None or alert.severity <= silence.severity_at_most)
    )


def _meets(made: MadeSilence, alert: Alert) -> bool:
    """Whether it was in force, by its span, at some time at which the alert fired."""
    ends = [ms for ms in (made.silence.to_ms, made.lifted_ms) if ms is not None]
    began_before = alert.resolved_ms is None or made.silence.from_ms <= alert.resolved_ms
    return began_before and (not ends or min(ends) > alert.raised_ms)


def _said(act: Act, lang: Lang) -> str:
    match act:
        case Acknowledge():
            return say("alert_page.was-acknowledged", lang)
        case Assign(to=to):
            return say("alert_page.was-assigned", lang, to=to)
        case Close(reason=reason):
            return say("alert_page.was-closed", lang, reason=say(f"alert_page.reason-{reason}", lang))
        case _:
            return say("alert_page.was-commented", lang)
