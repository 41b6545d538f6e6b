"""A backtest's report as a person reads it: the rules, then for each the subjects on which the sides differ."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

import msgspec
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from city.messages import say
from city.messages.text import Lang
from megane.backtest_report import Alarm, Difference, Report, RuleReport, SubjectReport, Told

MOST_SUBJECTS: Final = 12  # of a rule, those that differ most; all of them are in the JSON
MOST_OCCASIONS: Final = 3  # of a subject
WEEKDAYS: Final = "月火水木金土日"
WIDTH: Final = 120  # of what goes into a file or a pipe: there is no terminal to ask
WORDS: Final = {"rule", "subject", "what"}  # columns that hold no figures


def print_report(report: Report, console: Console, lang: Lang) -> None:
    """Prints the report to `console`."""
    console.print(_headline(report, lang), highlight=False)
    console.print(_rules(report, lang))
    for rule in report.rules:
        if rule.against is None:
            console.print(say("backtest.no-counterpart", lang, rule=rule.rule), highlight=False)
        elif rule.unchanged:
            console.print(say("backtest.unchanged", lang, rule=rule.rule), highlight=False)
    years = report.start[:4] != report.end[:4]
    for rule in report.rules:
        _print_subjects(rule, console, lang, years=years)
    console.print(say("backtest.no-cases", lang), highlight=False)


def report_console() -> Console:
    """To standard output, wide enough for the tables where that is no terminal."""
    console = Console()
    return console if console.is_terminal else Console(width=WIDTH)


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


def _headline(report: Report, lang: Lang) -> str:
    span = {"start": moment(report.start, lang), "end": moment(report.end, lang)}
    if report.readings is None:
        return say("backtest.headline-ledger", lang, **span)
    return say("backtest.headline", lang, readings=f"{report.readings:,}", **span)


def _rules(report: Report, lang: Lang) -> Table:
    table = _table(lang, "rule", "alerts", "gained", "lost", "earlier", "later", "hours", "night", "night-hours")
    for rule in report.rules:
        counted, beside = rule.occasions, rule.against is not None
        table.add_row(
            rule.rule if rule.against in {None, rule.rule} else f"{rule.rule} / {rule.against}",
            _pair(str(rule.proposed.alerts), str(rule.current.alerts), beside=beside),
            str(counted.gained),
            str(counted.lost),
            _shifted(counted.earlier, rule.earlier_by_s, lang),
            _shifted(counted.later, rule.later_by_s, lang),
            *_alarm_cells(rule.proposed, rule.current, beside=beside),
        )
    return table


def _print_subjects(rule: RuleReport, console: Console, lang: Lang, *, years: bool) -> None:
    """Where the sides of a rule differ, most first."""
    differing = [subject for subject in rule.subjects if _differs(subject)]
    if not differing:
        return
    differing.sort(key=lambda subject: -_weight(subject))
    console.print(f"[bold]{rule.rule}[/bold] {rule.title}", highlight=False)
    table = _table(lang, "subject", "alerts", "hours", "night", "what")
    beside = rule.against is not None
    for subject in differing[:MOST_SUBJECTS]:
        of_it = [difference for difference in rule.differences if difference.subject == subject.subject]
        table.add_row(
            subject.title if subject.title == subject.subject else f"{subject.title} ({subject.subject})",
            _pair(str(subject.proposed.alerts), str(subject.current.alerts), beside=beside),
            *_alarm_cells(subject.proposed, subject.current, beside=beside)[:2],
            _what(of_it, lang, years=years),
        )
    console.print(table)
    if len(differing) > MOST_SUBJECTS:
        console.print(say("backtest.rest", lang, count=len(differing) - MOST_SUBJECTS), highlight=False)


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


def _table(lang: Lang, *columns: str) -> Table:
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for column in columns:
        wraps = column in {"subject", "what"}
        heading = say(f"backtest.column-{column}", lang)
        table.add_column(heading, justify="left" if column in WORDS else "right", no_wrap=not wraps)
    return table


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
