"""The page of alerts: what goes on, the gravest first, to be looked through and decided about together.

It works without scripts.
"""

import secrets
from collections.abc import Callable, Sequence
from typing import Annotated

from fastapi import APIRouter, Form, Request, Response

from api.admission import principal_of
from api.alert_forms import HOURS, FormError, FormKey, Kind, Name, Number, Words, act_of, silence_once
from api.alert_list import Wish, Wished, number_of, page_of, pick_of
from api.deciding import ALERTS_AT_ONCE, Decided, Meant, Outcome, decide_each, key_of, require_act
from api.page import Pages
from api.ports import View
from api.silencing import within_reach
from api.situation import Told, tell
from city.decision import AlertName, ClosingReason
from city.errors import UserError
from city.right import Right

Picked = Annotated[list[str] | None, Form(max_length=ALERTS_AT_ONCE, alias="alert")]


class AlertListPage:
    """The page, as it stands after whatever was asked."""

    def __init__(self, view: View) -> None:
        self._view = view
        self._pages = Pages(view.notice)

    def shown(
        self, request: Request, wished: Wish, outcomes: Sequence[Outcome] = (), wrong: UserError | None = None
    ) -> Response:
        """outcomes: of what was decided together; wrong: why nothing was."""
        view, principal = self._view, principal_of(request)
        found = page_of(view, wished)
        return self._pages.page(
            request,
            "alerts.html",
            view.catalog(),
            status=200 if wrong is None else 400,
            wished=wished,
            rows=found.rows,
            next=None if found.after is None else wished.query() | {"after": found.after},
            full=found.full,
            query=wished.query(),
            pick_of=pick_of,
            may_act=principal.may(Right.ACT),
            may_silence=principal.may(Right.SILENCE),
            reasons=list(ClosingReason),
            hours=HOURS,
            key=secrets.token_hex(16),
            now_ms=view.clock.now_ms(),
            count=len(outcomes),
            done=sum(one.written is not None for one in outcomes),
            later=any(one.written is not None and not one.written.applied for one in outcomes),
            failed=[self._failed(one) for one in outcomes if one.against is not None],
            wrong=wrong,
        )

    def _failed(self, one: Outcome) -> tuple[Told | None, Outcome]:
        """With its words, where there is such an alert."""
        alert = one.name and self._view.decisions.alert(one.name.rule, one.name.subject, one.name.raised_ms)
        return (tell(alert, self._view.catalog(), self._view.rules()) if alert else None), one


def routes(view: View) -> APIRouter:
    """`/alerts`."""
    router = APIRouter(prefix="/alerts", tags=["pages"])
    page = AlertListPage(view)

    def decided(
        request: Request,
        wished: Wish,
        picked: list[str] | None,
        read: Callable[[], Callable[[AlertName, str], Decided]],
        may: Callable[[Decided], None],
        text: str,
        key: str,
    ) -> Response:
        """The list anew, and above it what was recorded and what was not."""
        try:
            meant, act = [_meant(pick) for pick in picked or []], read()
            if not meant:
                raise FormError("alert_page.nothing-picked")
        except UserError as error:
            return page.shown(request, wished, wrong=error)
        by = principal_of(request).name
        return page.shown(request, wished, decide_each(view, meant, act, may, by, text, key))

    @router.get("", summary="Page: alerts")
    def shown(request: Request, wished: Wished) -> Response:
        """A page of what is wished for, with boxes to choose by."""
        return page.shown(request, wished)

    @router.post("", summary="Form: decide about the alerts that were chosen")
    def decide(
        request: Request,
        wished: Wished,
        key: FormKey,
        kind: Kind,
        picked: Picked = None,
        to: Name = "",
        reason: Name = "",
        text: Words = "",
    ) -> Response:
        """Each by itself, at its own department's rights."""
        return decided(
            request,
            wished,
            picked,
            lambda: act_of(kind, to, reason, text),
            lambda act: require_act(request, act.alert.rule, view),
            text,
            key_of(key, kind, to, reason, text),
        )

    @router.post("/silences", summary="Form: silence the alerts that were chosen")
    def silence(
        request: Request, wished: Wished, key: FormKey, hours: Number = 0, picked: Picked = None, text: Words = ""
    ) -> Response:
        """Each by itself: a silence of two rules and two places would hold back four."""
        return decided(
            request,
            wished,
            picked,
            lambda: silence_once(hours, view.clock.now_ms()),
            lambda made: within_reach(request, made, view),
            text,
            key_of(key, "silence", str(hours), text),
        )

    return router


def _meant(pick: str) -> Meant:
    """The alert that a chosen box names. Raises FormError."""
    raised, _, rest = pick.partition(" ")
    rule, _, subject = rest.partition(" ")
    raised_ms = number_of(raised)
    if raised_ms is None or not rule or not subject:
        raise FormError("alert_page.no-alert")
    return Meant(rule, subject, raised_ms)
