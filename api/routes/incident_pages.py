"""The pages of incidents: the list, one with its run as a picture and its chronology, and taking a run in hand."""

from typing import Annotated, Final

from fastapi import APIRouter, Form, Query, Request, Response
from starlette.responses import RedirectResponse

from api import run_acts
from api.actor import Actors
from api.admission import principal_of
from api.chronicle_words import chronology_of, endpoint_words
from api.cursor import read_cursor, write_cursor
from api.incident_reach import incident_within_reach, sections_reached
from api.incident_view import mark_by, tell_file, tell_incident, worst_first
from api.language import language_of
from api.page import Pages, alert_path
from api.ports import View
from api.problem import ProblemError
from api.routes.incidents import IncidentId, can_answer
from api.run_picture import kind_words, picture_of, place_words
from api.run_ports import IncidentFile
from city.case import CaseState
from city.case_words import state_text
from city.errors import UserError
from city.messages import CATALOGUE, say
from city.messages.text import Lang
from city.principal import CITY
from city.right import Right
from city.run import Hand, IncidentsWanted
from city.subject import subject_of

ROWS_A_PAGE: Final = 50  # as many as a person looks through
# Of an incident, before somebody asks for all: what a person looks through, and a phone on a bad line gets in seconds.
ALERTS_SHOWN: Final = 100
LINES_SHOWN: Final = 200
DELIVERIES_SHOWN: Final = 200
RESOLVE: Final = "resolve"  # what a person started ends by a person; the rest of what is done by hand is `Hand`
DESTRUCTIVE: Final = frozenset({Hand.STOP.value, Hand.SKIP.value, RESOLVE})
Reason = Annotated[str, Form(max_length=2_000)]


def routes(view: View) -> APIRouter:
    """`/incidents`."""
    router = APIRouter(prefix="/incidents", tags=["pages"])
    pages = Pages(view.notice)

    def may_start(request: Request, found: IncidentFile) -> bool:
        unit = found.incident.section or CITY
        return principal_of(request).may(Right.START, unit, view.catalog().departments)

    @router.get("", summary="Page: incidents")
    def incidents(
        request: Request,
        over: Annotated[bool | None, Query(description="Those that are over.")] = None,
        after: Annotated[str | None, Query(max_length=200)] = None,
    ) -> Response:
        """Those that go on, or those that are over, the newest first."""
        catalog, rules = view.catalog(), view.rules()
        wanted = IncidentsWanted(not over, sections_reached(principal_of(request), catalog))
        rows = view.incidents.incidents(wanted, None if after is None else read_cursor(after), ROWS_A_PAGE + 1)
        last = rows[ROWS_A_PAGE - 1].incident if len(rows) > ROWS_A_PAGE else None
        return pages.page(
            request,
            "incidents.html",
            catalog,
            rows=[(row, tell_incident(row.incident, catalog, rules)) for row in rows[:ROWS_A_PAGE]],
            over=bool(over),
            live=not over and after is None,
            next=None if last is None else write_cursor(last.opened_ms, last.id),
            now_ms=view.clock.now_ms(),
        )

    @router.get("/{ident}", summary="Page: an incident")
    def one(
        request: Request,
        ident: IncidentId,
        whole: Annotated[bool, Query(description="All of a long one, too.")] = False,  # noqa: FBT002  a query
    ) -> Response:
        """Its run, its chronology, who was told. It prints. Of a long one, the worst alerts and the newest lines."""
        found = incident_within_reach(request, view, ident)
        catalog, rules, actors, lang = view.catalog(), view.rules(), Actors.of(view), language_of(request)
        opener = found.incident.opened_by
        alerts, lines, deliveries = worst_first(found.alerts), found.lines, found.deliveries
        if not whole:
            alerts, lines = alerts[:ALERTS_SHOWN], lines[-LINES_SHOWN:]
            deliveries = deliveries[-DELIVERIES_SHOWN:]
        return pages.page(
            request,
            "incident.html",
            catalog,
            found=found,
            told=tell_file(found, catalog, rules),
            picture=picture_of(found.steps),
            chronology=chronology_of(found, lines, actors, lang),
            deliveries=deliveries,
            more_deliveries=len(found.deliveries) - len(deliveries),
            more_lines=len(found.lines) - len(lines),
            more_alerts=len(found.alerts) - len(alerts),
            alerts=[
                (
                    one,
                    mark_by(one.key.rule, one.severity, rules),
                    subject_of(one.key.subject, catalog).place(catalog),
                    alert_path(one.key),
                )
                for one in alerts
            ],
            asked=[(one, can_answer(request, view, one, opener)) for one in found.approvals if one.answered_ms is None],
            name=lambda by: actors.name(by, lang),
            hands=hands_of(found, principal_of(request).id) if may_start(request, found) else (),
            may_start=may_start(request, found),
            now_ms=view.clock.now_ms(),
            kind_words=lambda kind: kind_words(kind, lang),
            place_words=lambda place: place_words(place, lang),
            endpoint_words=lambda name: endpoint_words(name, catalog, lang),
            told_words=lambda state: told_words(state, lang),
            case_state=lambda state: state_text(CaseState(state)).of(lang),
        )

    def asks(
        request: Request, found: IncidentFile, hand: str, place: str | None, wrong: UserError | None = None
    ) -> Response:
        """The page that says what is about to be done, and asks why."""
        lang: Lang = language_of(request)
        step = next((one for one in found.steps if one.place == place), None)
        return pages.page(
            request,
            "hand.html",
            view.catalog(),
            status=200 if wrong is None else wrong.status if isinstance(wrong, ProblemError) else 400,
            found=found,
            hand=hand,
            place=place or "",
            step=step,
            destructive=hand in DESTRUCTIVE,
            wrong=wrong,
            kind_words=lambda kind: kind_words(kind, lang),
            place_words=lambda where: place_words(where, lang),
        )

    @router.get("/{ident}/hand", summary="Page: take a run in hand")
    def ask(
        request: Request,
        ident: IncidentId,
        hand: Annotated[str, Query(max_length=20)],
        place: Annotated[str | None, Query(max_length=200)] = None,
    ) -> Response:
        """What it means, and why it is done."""
        found = incident_within_reach(request, view, ident)
        return asks(request, found, known_hand(hand), place)

    @router.post("/{ident}/hand", summary="Form: take a run in hand")
    def do(
        request: Request,
        ident: IncidentId,
        hand: Annotated[str, Form(max_length=20)],
        reason: Reason = "",
        place: Annotated[str, Form(max_length=200)] = "",
    ) -> Response:
        """Back to the incident; or the page again, with what was against it."""
        wanted = known_hand(hand)
        try:
            why = run_acts.reason_given(reason)
            if wanted == RESOLVE:
                run_acts.resolve(request, view, ident, why)
            else:
                run_acts.by_hand(request, view, ident, Hand(wanted), why, place or None)
        except ProblemError as error:
            if error.status not in {400, 409}:
                raise
            return asks(request, incident_within_reach(request, view, ident), wanted, place or None, error)
        return RedirectResponse(f"/incidents/{ident}", 303)

    return router


def told_words(to_state: str, lang: Lang) -> str:
    """What somebody was told of."""
    key = f"business.told-{to_state}"
    return say(key if key in CATALOGUE else "business.told-", lang)


def known_hand(hand: str) -> str:
    """One of those that there are. Raises ProblemError."""
    if hand != RESOLVE and hand not in set(Hand):
        raise ProblemError(404, "api.no-such-page", path=hand)
    return hand


def hands_of(found: IncidentFile, who: str) -> tuple[str, ...]:
    """What they can do to the run now: who took it over alone resumes it."""
    kept = found.keeper not in {None, who}
    hands = tuple(hand.value for hand in found.hands if not (kept and hand is Hand.RESUME))
    ends = found.incident.opened_by is not None and found.incident.resolved_ms is None and not found.over
    return (*hands, RESOLVE) if ends else hands
