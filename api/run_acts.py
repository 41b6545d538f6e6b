"""What people do with runs, by the API and by its pages alike: who may, what is written down, what is against it."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager

from fastapi import Request

from api.admission import principal_of, require
from api.approval_ports import Approval
from api.incident_reach import approval_within_reach, incident_within_reach
from api.ports import View
from api.problem import ProblemError
from city.principal import Principal
from city.right import Right
from city.run import (
    Answer,
    AnsweredError,
    Hand,
    HandError,
    NotYoursError,
    Report,
    StartError,
    UnknownApprovalError,
    UnknownIncidentError,
)


def start(request: Request, view: View, report: Report, key: str | None) -> str:
    """Starts a playbook and gives its incident; once under its key. Raises ProblemError."""
    who, catalog = principal_of(request), view.catalog()
    if report.section in catalog.departments:
        require(request, Right.START, report.section, catalog)
    with _told_as_problems():
        # A key is its caller's own: what another sent under the same is another report.
        ident = view.runs.start(report, who.id, f"{who.id} {key or secrets.token_hex(16)}")
    view.access.doors.note(who, "run started", f"{report.playbook}{' (drill)' if report.drill else ''} {ident}")
    return ident


def by_hand(request: Request, view: View, ident: str, hand: Hand, reason: str, place: str | None) -> None:
    """Does something to a run, or to its step at `place`. Raises ProblemError."""
    who = _who_may(request, view, ident)
    with _told_as_problems():
        view.runs.by_hand(ident, hand, who.id, reason, place)
    view.access.doors.note(who, f"run: {hand}", f"{ident} {place or ''}".strip())


def resolve(request: Request, view: View, ident: str, reason: str) -> None:
    """Ends an incident that a person started. Raises ProblemError."""
    who = _who_may(request, view, ident)
    with _told_as_problems():
        view.runs.resolve(ident, who.id, reason)
    view.access.doors.note(who, "incident resolved", ident)


def answer(request: Request, view: View, ident: str, shown: str, given: Answer, reason: str) -> Approval:
    """Answers an approval. shown: the digest of what they were looking at. Raises ProblemError."""
    who = principal_of(request)
    if not who.is_person:  # whatever it could see: before it is told whether there is such a question
        raise ProblemError(403, "runs.approval_role")
    approval_within_reach(request, view, ident)
    with _told_as_problems():
        answered = view.runs.answer(ident, shown, given, who, reason)
    view.access.doors.note(who, f"approval {given}", f"{ident} {shown}")
    return answered


def reason_given(text: str) -> str:
    """The reason, where one must be. Raises ProblemError."""
    if not text.strip():
        raise ProblemError(400, "business.reason-needed")
    return text.strip()


def _who_may(request: Request, view: View, ident: str) -> Principal:
    found = incident_within_reach(request, view, ident)
    require(request, Right.START, found.incident.section, view.catalog())
    return principal_of(request)


@contextmanager
def _told_as_problems() -> Iterator[None]:
    try:
        yield
    except (UnknownIncidentError, UnknownApprovalError) as e:
        raise ProblemError(404, e.key, **e.fields) from e
    except NotYoursError as e:
        raise ProblemError(403, e.key, **e.fields) from e
    except (AnsweredError, HandError) as e:
        raise ProblemError(409, e.key, **e.fields) from e
    except StartError as e:
        raise ProblemError(422, e.key, **e.fields) from e
