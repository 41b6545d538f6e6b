"""A backtest's report in words: the tables of the terminal and of the page alike."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import msgspec

from city.messages import say
from city.messages.text import Lang
from megane.backtest_report import Alarm, Difference, Report, RuleReport, SubjectReport, Told

MOST_SUBJECTS: Final = 12  # of a rule, those that differ most; all of them are in the JSON
MOST_OCCASIONS: Final = 3  # of a subject
WEEKDAYS: Final = "月火水木金土日"
RULE_COLUMNS: Final = ("rule", "alerts", "gained", "lost", "earlier", "later", "hours", "night", "night-hours")
SUBJECT_COLUMNS: Final = ("subject", "alerts", "hours", "night", "what")
WORDS: Final = frozenset({"rule", "subject", "what"})  # columns that hold no figures


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table: its heading ("" for the first), the columns by their names, cells in words, and what is left out."""

    heading: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    rest: str = ""


def sheets(report: Report, lang: Lang) -> list[Sheet]:
    """The rules, then for each rule the subjects on which the sides differ."""
    years = report.start[:4] != report.end[:4]
    subjects = (_subjects(rule, lang, years=years) for rule in report.rules)
    return [_rules(report, lang), *(sheet for sheet in subjects if sheet.rows)]


def notes(report: Report, lang: Lang) -> list[str]:
    """What is to be known of the figures."""
    found = [say("backtest.no-counterpart", lang, rule=rule.rule) for rule in report.rules if rule.against is None]
    found += [say("backtest.unchanged", lang, rule=rule.rule) for rule in report.rules if rule.unchanged]
    return [*found, say("backtest.no-cases", lang)]


def moment(text: str, lang: Lang, *, year: bool = True) -> str:
    """An ISO time as staff read it: `2024年6月23日(日) 3:05`, or without its year."""
    at = datetime.fromisoformat(text)
    clock = f"{at.hour}:{at:%M}"
    if lang is Lang.EN:
        return f"{at:%a} {at.day} {at:%b}{f' {at.year}' if year else ''} {clock}"
    return f"{f'{at.year}年' if year else ''}{at.month}月{at.day}日({WEEKDAYS[at.weekday()]}) {clock}"


def duration(seconds: float, lang: Lang) -> str:
    """`1時間20分`, `1 h 20 min`; less than a minute in seconds."""
    if seconds < 60:  # noqa: PLR2004  a minute
        return say("backtest.seconds", lang, s=round(seconds))
    minutes = round(seconds / 60)
    hours, rest = divmod(minutes, 60)
    if not hours:
        return say("backtest.minutes", lang, m=rest)
    if not rest:
        return say("backtest.hours", lang, h=hours)
    return say("backtest.hours-minutes", lang, h=hours, m=rest)


def headline(report: Report, lang: Lang) -> str:
    """What was compared, in a line."""
    span = {"start": moment(report.start, lang), "end": moment(report.end, lang)}
    if report.readings is None:
        return say("backtest.headline-ledger", lang, **span)
    return say("backtest.headline", lang, readings=f"{report.readings:,}", **span)


def _rules(report: Report, lang: Lang) -> Sheet:
    rows = []
    for rule in report.rules:
        counted, beside = rule.occasions, rule.against is not None
        rows.append(
            (
                rule.rule if rule.against in {None, rule.rule} else f"{rule.rule} / {rule.against}",
                _pair(str(rule.proposed.alerts), str(rule.current.alerts), beside=beside),
                str(counted.gained),
                str(counted.lost),
                _shifted(counted.earlier, rule.earlier_by_s, lang),
                _shifted(counted.later, rule.later_by_s, lang),
                *_alarm_cells(rule.proposed, rule.current, beside=beside),
            )
        )
    return Sheet("", RULE_COLUMNS, rows)


def _subjects(rule: RuleReport, lang: Lang, *, years: bool) -> Sheet:
    """Where the sides of a rule differ, most first."""
    differing = sorted((subject for subject in rule.subjects if _differs(subject)), key=lambda one: -_weight(one))
    beside = rule.against is not None
    of_subject: dict[str, list[Difference]] = {}
    for difference in rule.differences:
        of_subject.setdefault(difference.subject, []).append(difference)
    rows = [
        (
            subject.title if subject.title == subject.subject else f"{subject.title} ({subject.subject})",
            _pair(str(subject.proposed.alerts), str(subject.current.alerts), beside=beside),
            *_alarm_cells(subject.proposed, subject.current, beside=beside)[:2],
            _what(of_subject.get(subject.subject, []), lang, years=years),
        )
        for subject in differing[:MOST_SUBJECTS]
    ]
    left = len(differing) - len(rows)
    return Sheet(
        f"{rule.rule} {rule.title}", SUBJECT_COLUMNS, rows, say("backtest.rest", lang, count=left) if left else ""
    )


def _what(differences: Sequence[Difference], lang: Lang, *, years: bool) -> str:
    lines = []
    for difference in differences[:MOST_OCCASIONS]:
        said, by_s = say(f"backtest.{difference.outcome}", lang), difference.earlier_by_s
        if by_s is not None:
            said = f"{said} {duration(abs(by_s), lang)}"
        lines.append(f"{said}  {_span((difference.proposed or difference.current)[0], lang, years=years)}")
    if len(differences) > MOST_OCCASIONS:
        lines.append(say("backtest.rest", lang, count=len(differences) - MOST_OCCASIONS))
    return "\n".join(lines)


def _span(told: Told, lang: Lang, *, years: bool) -> str:
    raised = moment(told.raised_at, lang, year=years)
    if told.cleared_at is None:
        return say("backtest.still", lang, raised=raised)
    took = datetime.fromisoformat(told.cleared_at) - datetime.fromisoformat(told.raised_at)
    return say("backtest.span", lang, raised=raised, took=duration(took.total_seconds(), lang))


def _alarm_cells(proposed: Alarm, current: Alarm, *, beside: bool) -> tuple[str, str, str]:
    return (
        _pair(_hours(proposed.hours), _hours(current.hours), beside=beside),
        _pair(str(proposed.raised_at_night), str(current.raised_at_night), beside=beside),
        _pair(_hours(proposed.hours_at_night), _hours(current.hours_at_night), beside=beside),
    )


def _pair(proposed: str, current: str, *, beside: bool) -> str:
    return f"{proposed}/{current}" if beside else proposed


def _hours(hours: float) -> str:
    return f"{hours:,.0f}" if hours >= 100 else f"{hours:.1f}"  # noqa: PLR2004  of so many, tenths say nothing


def _shifted(count: int, by_s: float | None, lang: Lang) -> str:
    return str(count) if by_s is None else f"{count}\n({duration(by_s, lang)})"


def _differs(subject: SubjectReport) -> bool:
    return subject.proposed != subject.current or subject.occasions.same != sum(
        msgspec.structs.astuple(subject.occasions)
    )


def _weight(subject: SubjectReport) -> float:
    """How much the sides differ, in hours; an alert that the other side has not weighs more than any that it has."""
    counted = subject.occasions
    return 1e6 * (counted.gained + counted.lost) + abs(subject.proposed.hours - subject.current.hours)
