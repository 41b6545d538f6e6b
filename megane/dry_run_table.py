"""A dry run in words: the table of the terminal."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import assert_never

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from administration.dry_run_lines import (
    Alarmed,
    Answered,
    Asked,
    CaseOpened,
    CasesClosed,
    Chosen,
    Commanded,
    DeviceReplied,
    DryRun,
    Finished,
    Line,
    Notified,
    Receiver,
    Resolved,
    Stopped,
    Told,
    Waits,
)
from city.messages import say
from city.messages.text import Lang
from megane.backtest_words import duration, moment
from megane.playbook_words import joined, set_words
from megane.playbooks import terminal


def print_dry_run(found: DryRun, lang: Lang) -> None:
    """Prints it to standard output."""
    console = terminal()
    console.print(escape(say("playbook.headline", lang, title=found.title, playbook=found.playbook)), style="bold")
    console.print(escape(_opened(found, lang)))
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for column in ("time", "place", "what"):
        table.add_column(say(f"playbook.column-{column}", lang), no_wrap=column != "what", overflow="fold")
    before: str | None = None
    for line in found.lines:
        when = _when(line.at, found.began, lang)
        style = "bold" if isinstance(line, Asked | Alarmed) else None
        table.add_row("" if when == before else when, line.place or "", escape(line_words(line, lang)), style=style)
        before = when
    console.print(table)
    _print_notes(console, found, lang)


def _opened(found: DryRun, lang: Lang) -> str:
    return say(
        "playbook.opened-by-hand" if found.rule is None else "playbook.opened",
        lang,
        at=moment(found.began.isoformat(), lang),
        alert=found.incident_title,
        subject=found.subject_title,
        severity=found.severity,
    )


def _print_notes(console: Console, found: DryRun, lang: Lang) -> None:
    for note in notes(found, lang):
        console.print(escape(note))


def notes(found: DryRun, lang: Lang) -> Sequence[str]:
    """What is to be known of it."""
    said = []
    if found.supposed:
        said.append(say("playbook.note-supposed", lang, places=joined(found.supposed, lang)))
    if found.waiting:
        said.append(say("playbook.note-waiting", lang, places=joined(found.waiting, lang)))
    if not found.finished and not any(isinstance(line, Resolved) for line in found.lines):
        said.append(say("playbook.note-goes-on", lang))
    return [*said, say("playbook.nothing-done", lang)]


def line_words(line: Line, lang: Lang) -> str:  # noqa: C901, PLR0911, PLR0912  one branch for each kind of line
    """What happens, in words."""
    match line:
        case Told(to=to):
            return say("playbook.line-told", lang, to=_receivers(to, lang))
        case Notified(channels=channels, text=text):
            return say("playbook.line-notified", lang, to=joined(channels, lang), text=text)
        case CaseOpened():
            return _case(line, lang)
        case CasesClosed(cases=cases, reason=reason):
            closed = joined(cases, lang) or say("playbook.no-due", lang)
            return say("playbook.line-closed", lang, cases=closed, reason=reason or say("playbook.no-reason", lang))
        case Commanded() | DeviceReplied():
            return _device(line, lang)
        case Asked():
            return _asked(line, lang)
        case Answered(answer=answer):
            return say(f"playbook.line-answer-{answer}", lang)
        case Waits(until=until):
            return say("playbook.line-waits", lang, until=_moment(until, lang))
        case Chosen(then=then):
            return say("playbook.line-then" if then else "playbook.line-else", lang)
        case Alarmed(trouble=trouble, to=to):
            why = say(f"playbook.trouble-{trouble}", lang)
            return say("playbook.line-alarmed", lang, trouble=why, to=say("playbook.all-told", lang, count=len(to)))
        case Stopped():
            return say("playbook.line-stopped", lang)
        case Resolved(to=to):
            return say("playbook.line-resolved", lang, to=say("playbook.all-told", lang, count=len(to)))
        case Finished():
            return say("playbook.line-finished", lang)
        case _:
            assert_never(line)


def _case(line: CaseOpened, lang: Lang) -> str:
    due = say("playbook.no-due", lang) if line.due is None else _moment(line.due, lang)
    said = [say("playbook.line-case", lang, section=line.section_title, title=line.title, due=due)]
    if line.checklist:
        said.append(say("playbook.step-checklist", lang, items=joined(line.checklist, lang)))
    return "\n".join(said)


def _device(line: Commanded | DeviceReplied, lang: Lang) -> str:
    device = line.device_title.of(lang)
    if isinstance(line, DeviceReplied):
        return say(f"playbook.line-reply-{line.reply}", lang, device=device)
    values = set_words(line.values, lang)
    if line.undo:
        return say("playbook.line-undone", lang, device=device, values=values)
    return say("playbook.line-commanded", lang, device=device, values=values, deadline=_moment(line.deadline, lang))


def _asked(line: Asked, lang: Lang) -> str:
    who = say(f"access.role.{line.role}", lang)
    if line.section:
        who = say("playbook.of-section", lang, section=line.section_title, role=who)
    return say(
        "playbook.line-asked",
        lang,
        who=who,
        rung=line.rung,
        rungs=line.rungs,
        question=line.question,
        until=_moment(line.until, lang),
    )


def _receivers(to: Iterable[Receiver], lang: Lang) -> str:
    return joined((receiver.title.of(lang) for receiver in to), lang) or say("playbook.nobody", lang)


def _moment(at: datetime, lang: Lang) -> str:
    return moment(at.isoformat(), lang, year=False)


def _when(at: datetime, began: datetime, lang: Lang) -> str:
    """The hour, the day where it is another one, and how long after the beginning."""
    passed_s = (at - began).total_seconds()
    clock = f"{at.hour}:{at:%M}" if at.date() == began.date() else _moment(at, lang)
    return f"{clock} (+{duration(passed_s, lang)})" if passed_s else clock
