"""What the steps of a run do, each inside the transaction of the clerk: rows of cases, of deliveries, of commands.

Nothing here reaches outside. What leaves the city leaves by rows that others carry out (`worker.py`,
`device_dispatch.py`) under keys that stay the same, so that a step is done once whenever somebody dies.
"""

from dataclasses import replace
from typing import Final

import sqlalchemy as sa

from administration.case_book import CaseBook, by_run
from administration.case_tables import city_case
from administration.chronicle import LineKind
from administration.device_desk import GRACE_MS, give_command
from administration.happening import Ended
from administration.incident import EventKind
from administration.incident_words import drilled, filled
from administration.open_run import LATE, OpenRun
from administration.papers import Papers
from administration.steps.branch import ELSE, THEN, Branch
from administration.steps.case import CloseCase, OpenCase
from administration.steps.command import Command
from administration.steps.notify import Notify
from administration.steps.webhook import Webhook
from administration.tables import incident_event
from city.case import ENDED
from city.digest import digest
from city.due import DueError
from city.messages import say
from city.messages.text import Lang
from city.output_words import set_text
from city.subject import subject_of
from city.wire.command import Command as DeviceCommand
from city.wire.command import Refusal

SET: Final = "set"  # the command of a device that is to be something


def subscribe(papers: Papers, run: OpenRun, place: str, step: Webhook) -> None:
    """Its endpoints hear the newest of each thing that was told so far, and from now on all of the incident."""
    _subscribe(papers, run, place, step)
    papers.note(run, LineKind.TOLD, by_run(run.id), place, {"to": ", ".join(run.told[place])})


def tell_late(papers: Papers, run: OpenRun) -> None:
    """Of what is late those who subscribed to such alerts hear, whatever the playbook says, and no more happens."""
    _subscribe(papers, run, LATE, Webhook())
    papers.note(run, LineKind.LATE, by_run(run.id), None, {"to": ", ".join(run.told[LATE])})


def _subscribe(papers: Papers, run: OpenRun, place: str, step: Webhook) -> None:
    incident, office = run.incident, papers.office
    firing = (alert for alert in incident.alerts.values() if alert.resolved_ms is None)
    # Alerts of several sections may be one incident: each section hears of its own, and then of all of it.
    concerns = {(alert.severity, office.section_of(alert.key.rule)) for alert in firing}
    concerns.add((incident.severity, incident.section))
    endpoints = sorted({name for severity, section in concerns for name in office.receivers(step, severity, section)})
    run.told[place] = list(endpoints)
    for event, subject in _newest(papers, run):
        papers.tell(run, event, subject, place, endpoints)


def _newest(papers: Papers, run: OpenRun) -> list[tuple[str, str]]:
    """Event and subject: of each alert the newest, then the newest that a person reported, and that needs one."""
    alerts = sorted(run.incident.alerts.values(), key=lambda alert: (alert.event_ms, alert.event))
    found = [(alert.event, alert.key.subject) for alert in alerts]
    for kind in (EventKind.REPORT, EventKind.ATTENTION):
        laid = [one for one in papers.events if one.incident == run.incident.id and one.kind is kind]
        if laid:
            found.append((laid[-1].id, laid[-1].subject))
            continue
        if run.written is None:
            continue
        of_kind = sa.select(incident_event.c.id, incident_event.c.subject).where(
            incident_event.c.incident == run.incident.id, incident_event.c.kind == kind
        )
        row = papers.connection.execute(of_kind.order_by(incident_event.c.at_ms.desc()).limit(1)).one_or_none()
        if row is not None:
            found.append((row.id, row.subject))
    return found


def notify(papers: Papers, run: OpenRun, place: str, turn: int, step: Notify) -> None:
    """The filled text goes to each channel that the settings have."""
    text = drilled(filled(step.text, run, papers.office.catalog), run)
    reached = [name for name in step.to if papers.office.reaches(name)]
    papers.message(run, place, digest(run.id, place, str(turn)), text, reached)
    if reached:
        papers.note(run, LineKind.NOTIFIED, by_run(run.id), place, {"to": ", ".join(reached), "text": text})
    if unreached := [name for name in step.to if name not in reached]:
        papers.note(run, LineKind.UNREACHED, by_run(run.id), place, {"to": ", ".join(unreached)})


def open_case(papers: Papers, run: OpenRun, place: str, turn: int, step: OpenCase) -> None:
    """A case of the step's section."""
    try:
        due_ms = step.due_ms(papers.now_ms)
    except DueError:  # past the years whose holidays are known: a case without a term keeps nobody from being told
        due_ms = None
    title = drilled(filled(step.title, run, papers.office.catalog), run)
    # A case that a person had opened again has a number of its own.
    key = place if turn == 1 else f"{place}/{turn}"
    case = CaseBook().open(papers.connection, run.id, key, step.section, title, due_ms, step.checklist, papers.now_ms)
    papers.note(run, LineKind.CASE_OPENED, by_run(run.id), place, {"case": case, "section": step.section})


def close_cases(papers: Papers, run: OpenRun, place: str, step: CloseCase) -> None:
    """Those that the run opened, and that nobody closed."""
    said = filled(step.reason, run, papers.office.catalog) if step.reason else None
    reason = said or say("runs.case_over", Lang.JA)
    open_ones = sa.select(city_case.c.id).where(city_case.c.run == run.id, city_case.c.state.not_in(ENDED))
    for case in papers.connection.scalars(open_ones.order_by(city_case.c.id)).all():
        if CaseBook().close(papers.connection, case, reason, by_run(run.id), papers.now_ms):
            papers.note(run, LineKind.CASE_CLOSED, by_run(run.id), place, {"case": case})


def command(papers: Papers, run: OpenRun, place: str, turn: int, step: Command, *, undo: bool = False) -> Ended | None:
    """Has the device do it, or undo it: None, one has to wait for its answer. In a drill nothing is switched."""
    wanted = step.undo if undo else step.set
    said = {"device": step.device, "set": set_text(wanted or {})}
    if run.incident.drill:
        papers.note(run, LineKind.BLOCKED, by_run(run.id), place, said)
        return Ended(place, well=True)
    device = papers.office.catalog.devices.get(step.device)
    if device is None:  # the run is older than the catalog
        papers.note(run, LineKind.DISOBEYED, by_run(run.id), place, said | {"problem": Refusal.UNKNOWN})
        return Ended(place, well=False)
    key = digest(run.id, place, str(turn), "undo" if undo else "do")
    given = DeviceCommand(key, SET, papers.now_ms + step.deadline_ms, dict(wanted or {}))
    give_command(papers.connection, step.device, device.zone, given, by_run(run.id), papers.now_ms)
    run.marks[place] = replace(run.marks[place], command=key, due_ms=given.deadline_ms + GRACE_MS)
    papers.note(run, LineKind.COMMANDED, by_run(run.id), place, said)
    return None


def choose(papers: Papers, run: OpenRun, place: str, step: Branch) -> bool:
    """Which way it goes now: whether `then`."""
    subject = subject_of(run.incident.subject, papers.office.catalog)
    then = step.holds(run.incident.severity, subject, papers.now_ms)
    papers.note(run, LineKind.CHOSE, by_run(run.id), place, {"way": THEN if then else ELSE})
    return then
