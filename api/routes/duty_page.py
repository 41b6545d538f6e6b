"""The page of the duty roster: a week at a time, with a form for who may change it. It works without scripts."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Annotated, Final

from fastapi import APIRouter, Form, Query, Request, Response
from starlette.responses import RedirectResponse

from api.admission import principal_of
from api.duty_week import Week
from api.page import Pages
from api.ports import View
from api.wording import TOKYO
from city.duty import NewDuty
from city.errors import UserError
from city.principal import CITY
from city.right import Role

# What the form begins with: from the end of the town hall's hours until their beginning on the next day.
_EVENING, _MORNING = (17, 15), (8, 30)
_FORM: Final = "%Y-%m-%dT%H:%M"  # of <input type="datetime-local">
Line = Annotated[str, Form(max_length=64)]


class DutyPage:
    """The page, as it stands after whatever was asked."""

    def __init__(self, view: View) -> None:
        self._pages = Pages(view.notice)
        self._view = view

    def shown(
        self, request: Request, week: Week, *, wrong: UserError | None = None, given: Mapping[str, str] | None = None
    ) -> Response:
        """The week. wrong: what could not be done; given: what stands in the form."""
        access, now_ms = self._view.access, self._view.clock.now_ms()
        catalog, people = self._view.catalog(), access.people.all()
        names = {one.id: one.name for one in people}
        entries = access.duties.between(week.from_ms, week.until_ms)
        places = [CITY, *catalog.departments]
        return self._pages.page(
            request,
            "duty.html",
            catalog,
            status=200 if wrong is None else 400,
            week=week,
            today=datetime.fromtimestamp(now_ms / 1000, TOKYO).date(),
            earlier=week.monday - timedelta(days=7),
            later=week.monday + timedelta(days=7),
            posts=week.posts(entries, names, access.duties.roster(now_ms, now_ms + 1), now_ms, places),
            entries=entries,
            names=names,
            people=[one for one in people if one.disabled_ms is None],
            everybody=people,
            roles=list(Role),
            wrong=wrong,
            given=given or _beginning(now_ms),
        )

    def this_week(self) -> Week:
        """The one that it is."""
        return Week.of(self._view.clock.now_ms())


def routes(view: View) -> APIRouter:
    """`/duty`."""
    router = APIRouter(prefix="/duty", tags=["pages"])
    page, duties = DutyPage(view), view.access.duties

    @router.get("", summary="Page: the duty roster")
    def shown(
        request: Request, week: Annotated[date | None, Query(description="A day of the week; default: today.")] = None
    ) -> Response:
        """A week, with what is in force now."""
        return page.shown(request, page.this_week() if week is None else Week.around(week))

    @router.post("", summary="Form: add to the roster")
    def add(
        request: Request,
        person: Line,
        role: Line,
        from_: Annotated[str, Form(alias="from", max_length=32)],
        to: Annotated[str, Form(max_length=32)],
        unit: Line = CITY,
        in_place_of: Line = "",
        weeks: Annotated[int, Form()] = 1,
    ) -> Response:
        """Back to the week in which it begins."""
        given = {"person": person, "role": role, "unit": unit, "from": from_, "to": to}
        given |= {"in_place_of": in_place_of, "weeks": str(weeks)}
        try:
            new = NewDuty(person, _role(role), unit, _moment_ms(from_), _moment_ms(to), in_place_of or None)
            duties.add(new, weeks, principal_of(request))
        except UserError as error:
            return page.shown(request, page.this_week(), wrong=error, given=given)
        return RedirectResponse(f"/duty?week={Week.of(new.from_ms).monday}", 303)

    @router.post("/{ident}/remove", summary="Form: remove from the roster")
    def remove(request: Request, ident: str) -> Response:
        """Back to the week in which it began."""
        try:
            removed = duties.remove(ident, principal_of(request))
        except UserError as error:
            return page.shown(request, page.this_week(), wrong=error)
        return RedirectResponse(f"/duty?week={Week.of(removed.from_ms).monday}", 303)

    return router


def _beginning(now_ms: int) -> Mapping[str, str]:
    """Tonight: what is entered most."""
    evening = datetime.fromtimestamp(now_ms / 1000, TOKYO).replace(hour=_EVENING[0], minute=_EVENING[1])
    morning = (evening + timedelta(days=1)).replace(hour=_MORNING[0], minute=_MORNING[1])
    given = {"person": "", "role": "", "unit": CITY, "in_place_of": "", "weeks": "1"}
    return given | {"from": evening.strftime(_FORM), "to": morning.strftime(_FORM)}


def _role(text: str) -> Role:
    """Raises UserError for one that is none."""
    if text not in set(Role):
        raise UserError("people.unknown_role", role=text[:40], known=", ".join(Role))
    return Role(text)


def _moment_ms(text: str) -> int:
    """Epoch ms of what a browser sends for a date and a time, which are Japan's. Raises UserError."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as e:
        raise UserError("duty.time", given=text) from e
    return round((moment if moment.tzinfo else moment.replace(tzinfo=TOKYO)).timestamp() * 1000)
