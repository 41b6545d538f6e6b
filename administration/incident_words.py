"""An incident in words: what playbooks say of it, and what departments are told beside its alerts."""

from collections.abc import Mapping
from typing import Final

import msgspec

from administration.cloud_event import CloudEvent, Words, utc
from administration.course import StepState
from administration.incident import EventKind, Incident
from administration.open_run import OpenRun
from administration.papers import IncidentEvent
from administration.playbook import Playbook
from administration.template import fill
from city.catalog import Catalog
from city.digest import digest
from city.messages import say
from city.messages.text import Lang
from city.subject import subject_of

DRILL: Final = "【訓練】"  # administration.md: on every output of a drill
REPORT_RULE: Final = "system:report"  # what stands where an alert has its rule


class IncidentTold(msgspec.Struct, frozen=True):
    """`data` of an event of the incident itself.

    state: `started` or `resolved` by a person, or `attention`: `step` failed, was sent back, or was not answered
    """

    incident: str
    playbook: str
    title: Words
    section: str
    severity: int
    drill: bool
    state: str
    at: str
    text: str
    step: str | None


def filled(template: str, run: OpenRun, catalog: Catalog) -> str:
    """A text of the playbook, with what the incident is now, in words."""
    return fill(template, values_of(run.incident, run.playbook, catalog))


def values_of(incident: Incident, playbook: Playbook, catalog: Catalog) -> Mapping[str, str]:
    """What stands where a text of the playbook has a name; of what a person reported, that they did."""
    subject = subject_of(incident.subject, catalog)
    reported = say("runs.place_reported", Lang.JA) if incident.opened_by is not None else None
    return {
        "incident.id": incident.id,
        "incident.title": incident.title.ja,
        "incident.rule": incident.rule,
        "incident.subject": reported or subject.title.ja,
        "incident.place": reported or subject.place(catalog).ja,
        "incident.severity": str(incident.severity),
        "playbook.title": playbook.title.ja,
    }


def said(told: str, values: Mapping[str, str]) -> str:
    """Words about a step, with what the incident is now where they quote a text of the playbook."""
    for name, value in values.items():
        told = told.replace(f"{{{name}}}", value)
    return told


def drilled(text: str, run: OpenRun) -> str:
    """The text as it leaves the city: in a drill it says first that it is one."""
    return f"{DRILL}{text}" if run.incident.drill else text


def report_event(incident: Incident, state: str, text: str, at_ms: int, catalog: Catalog) -> IncidentEvent:
    """What is told of an incident that a person began or ended."""
    return _event(incident, EventKind.REPORT, state, text, None, at_ms, catalog)


def attention_event(
    incident: Incident, place: str, step: StepState, text: str, at_ms: int, catalog: Catalog
) -> IncidentEvent:
    """What is told where a step needs a person."""
    # A step may fail, and then its undoing, at one moment: two things, each with an id of its own.
    which = f"{place}/{step.turn}/{step.status}/{step.done}"
    return _event(incident, EventKind.ATTENTION, "attention", text, which, at_ms, catalog)


def _event(
    incident: Incident, kind: EventKind, state: str, text: str, step: str | None, at_ms: int, catalog: Catalog
) -> IncidentEvent:
    mark = DRILL if incident.drill else ""
    told = IncidentTold(
        incident=incident.id,
        playbook=incident.playbook,
        title=Words(f"{mark}{incident.title.ja}", f"{mark}{incident.title.en}"),
        section=incident.section,
        severity=incident.severity,
        drill=incident.drill,
        state=state,
        at=utc(at_ms),
        text=f"{mark}{text}",
        step=step and step.partition("/")[0],
    )
    ident = digest(incident.id, kind, state, step or "", str(at_ms))
    envelope = CloudEvent(
        id=ident,
        source=f"/megane/{catalog.city}",
        type=f"jp.megane.incident.{state}",
        subject=incident.id,
        time=utc(at_ms),
        data=told,
    )
    return IncidentEvent(ident, incident.id, kind, REPORT_RULE, incident.id, state, at_ms, envelope.json())
