"""The page of one alert: what is the matter, since when, how bad, on what evidence, who decided what; and forms to
decide. It works without scripts.
"""

import secrets
from collections.abc import Callable, Sequence
from typing import Annotated, Final

from fastapi import APIRouter, Path, Query, Request, Response
from starlette.responses import RedirectResponse

from api import ports
from api.admission import principal_of
from api.alert_forms import (
    BY_SCHEDULE,
    DAYS,
    HOURS,
    ONCE,
    Clock,
    FormKey,
    Kind,
    Name,
    Number,
    WeekDays,
    Words,
    act_of,
    silence_at_hours,
    silence_once,
)
from api.chart import Chart, chart_of, span_around
from api.chronology import chronology_of, silences_of
from api.deciding import key_of, owner_of, require_act
from api.language import language_of
from api.page import Pages, alert_path
from api.ports import View
from api.problem import ProblemError
from api.silencing import within_reach
from api.situation import Told, tell
from city.decision import Act, AlertName, ClosingReason, Decision, Lift, Silence
from city.errors import UserError
from city.messages.text import Lang
from city.principal import CITY, Principal
from city.reading import ReadingBatch
from city.right import Right
from city.schedule import Day

SILENCES_LOOKED_AT: Final = 1_000
BANDS_LOOKED_AT: Final = 2_000
Rule = Annotated[str, Path(max_length=80)]
Subject = Annotated[str, Path(max_length=140)]
Raised = Annotated[int, Path(ge=0, le=2**53)]
Done = Annotated[str, Query(max_length=8)]


class AlertPage:
    """The page, as it stands after whatever was asked."""

    def __init__(self, view: View) -> None:
        self._view = view
        self._pages = Pages(view.notice)

    def told(self, rule: str, subject: str, raised_ms: int) -> Told:
        """The alert with its words. Raises ProblemError (404)."""
        alert = self._view.decisions.alert(rule, subject, raised_ms)
        if alert is None:
            raise ProblemError(404, "alert_page.no-alert")
        return tell(alert, self._view.catalog(), self._view.rules())

    def shown(self, request: Request, told: Told, *, done: str = "", wrong: UserError | None = None) -> Response:
        """done: what was just recorded; wrong: what could not be."""
        view, alert, lang = self._view, told.alert, language_of(request)
        catalog, now_ms = view.catalog(), view.clock.now_ms()
        name = AlertName(alert.rule, alert.subject, alert.raised_ms)
        silences = silences_of(told, view.decisions.silences(None, SILENCES_LOOKED_AT))
        principal, owner = principal_of(request), owner_of(alert.rule, view.rules())
        return self._pages.page(
            request,
            "alert.html",
            catalog,
            status=200 if wrong is None else 400,
            told=told,
            alert=alert,
            rule=view.rules().get(alert.rule),
            chart=self._chart(told, now_ms, lang),
            reading=_reading(view.store.latest(), catalog.index.get(told.sensor.key)) if told.sensor else None,
            lines=chronology_of(told, view.decisions.decisions_of(name), silences, lang),
            lifted_by_hand=[made for made in silences if _in_force(made, now_ms)],
            may_act=principal.may(Right.ACT, owner, catalog.departments),
            may_silence=principal.may(Right.SILENCE, owner or CITY, catalog.departments),
            people=self._people(owner),
            reasons=list(ClosingReason),
            hours=HOURS,
            until_days=DAYS,
            week=list(Day),
            key=secrets.token_hex(16),
            now_ms=now_ms,
            done=done if done in {"now", "later"} else "",
            wrong=wrong,
        )

    def _chart(self, told: Told, now_ms: int, lang: Lang) -> Chart | None:
        if told.sensor is None:
            return None
        view, alert = self._view, told.alert
        start_ms, end_ms, span = span_around(alert.raised_ms, alert.resolved_ms, now_ms)
        beside = view.alerts.alerts(None, start_ms, end_ms, BANDS_LOOKED_AT)
        bands = [tell(one, view.catalog(), view.rules()) for one in beside if one.subject == alert.subject]
        return chart_of(told.sensor, bands, start_ms, end_ms, span, lang)

    def _people(self, owner: str | None) -> Sequence[str]:
        """Who may take care of it, to choose from."""
        tree = self._view.catalog().departments
        return [
            one.name
            for one in self._view.access.people.all()
            if one.disabled_ms is None and Principal(one.id, one.name, one.offices).may(Right.ACT, owner, tree)
        ]


def routes(view: View) -> APIRouter:
    """`/alerts/{rule}/{subject}/{raised_ms}`."""
    router = APIRouter(prefix="/alerts/{rule}/{subject:path}/{raised_ms}", tags=["pages"])
    page = AlertPage(view)

    def decided(
        request: Request, told: Told, read: Callable[[AlertName, str], Act], key: str, text: str, *said: str
    ) -> Response:
        """Back to the page, on it what was recorded; where it cannot be, the page with what is wrong.

        The decision's key follows from the form's and from all that it says: sent twice it is one, and what is written
        anew on a page that the browser had kept is another.
        """
        name = AlertName(told.alert.rule, told.alert.subject, told.alert.raised_ms)
        own_key = key_of(key, *said, text)
        try:
            act = read(name, own_key)
        except ProblemError:
            raise
        except UserError as error:
            return page.shown(request, told, wrong=error)
        made = view.decisions.decide(Decision(own_key, principal_of(request).name, act, text))
        return RedirectResponse(f"{alert_path(told.alert)}?done={'now' if made.applied else 'later'}", 303)

    @router.get("", summary="Page: one alert")
    def shown(request: Request, rule: Rule, subject: Subject, raised_ms: Raised, done: Done = "") -> Response:
        """What is the matter, and what was decided about it."""
        return page.shown(request, page.told(rule, subject, raised_ms), done=done)

    @router.post("/decisions", summary="Form: decide about an alert")
    def decide(
        request: Request,
        rule: Rule,
        subject: Subject,
        raised_ms: Raised,
        key: FormKey,
        kind: Kind,
        to: Name = "",
        reason: Name = "",
        text: Words = "",
    ) -> Response:
        """Back to the page."""
        told = page.told(rule, subject, raised_ms)
        require_act(request, told.alert.rule, view)

        def read(name: AlertName, own_key: str) -> Act:
            return act_of(kind, to, reason, text)(name, own_key)

        return decided(request, told, read, key, text, kind, to, reason)

    @router.post("/silences", summary="Form: silence an alert, or lift a silence")
    def silence(
        request: Request,
        rule: Rule,
        subject: Subject,
        raised_ms: Raised,
        key: FormKey,
        how: Kind,
        hours: Number = 0,
        days: WeekDays = None,
        begin: Clock = "",
        end: Clock = "",
        until_days: Number = 0,
        lifted: Name = "",
        text: Words = "",
    ) -> Response:
        """Back to the page."""
        told, now_ms = page.told(rule, subject, raised_ms), view.clock.now_ms()

        def read(name: AlertName, own_key: str) -> Silence | Lift:
            if how == "lift":
                return lift(request, lifted, view)
            if how == BY_SCHEDULE:
                made = silence_at_hours(days or [], begin, end, until_days, now_ms)(name, own_key)
            else:
                made = silence_once(hours if how == ONCE else 0, now_ms)(name, own_key)
            within_reach(request, made, view)
            return made

        said = (how, str(hours), *(days or []), begin, end, str(until_days), lifted)
        return decided(request, told, read, key, text, *said)

    return router


def lift(request: Request, ident: str, view: View) -> Lift:
    """That a silence ends, where it is theirs who ask. Raises ProblemError."""
    found = view.decisions.silence(ident)
    if found is None:
        raise ProblemError(404, "decisions.no-silence", id=ident)
    within_reach(request, found.silence, view)
    return Lift(ident)


def _in_force(made: ports.MadeSilence, now_ms: int) -> bool:
    return made.lifted_ms is None and (made.silence.to_ms is None or made.silence.to_ms > now_ms)


def _reading(latest: ReadingBatch, series: int | None) -> tuple[int, float, int] | None:
    """Time, value and quality of the newest reading."""
    found = [] if series is None else (latest.series == series).nonzero()[0].tolist()
    if not found:
        return None
    return int(latest.time[found[0]]), float(latest.value[found[0]]), int(latest.quality[found[0]])
