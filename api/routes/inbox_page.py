"""The inbox 受信箱: what waits for whoever looks."""

from fastapi import APIRouter, Request, Response

from api.admission import principal_of
from api.inbox import inbox_of
from api.language import language_of
from api.page import Pages
from api.ports import View
from api.run_picture import kind_words, place_words
from city.case_words import state_text


def routes(view: View) -> APIRouter:
    """`/inbox`."""
    router = APIRouter(tags=["pages"])
    pages = Pages(view.notice)

    @router.get("/inbox", summary="Page: what waits for me")
    def inbox(request: Request) -> Response:
        """Approvals, steps, cases, alerts; at the top in one line what is the matter."""
        lang = language_of(request)
        return pages.page(
            request,
            "inbox.html",
            view.catalog(),
            inbox=inbox_of(view, principal_of(request)),
            now_ms=view.clock.now_ms(),
            kind_words=lambda kind: kind_words(kind, lang),
            place_words=lambda place: place_words(place, lang),
            case_state=lambda state: state_text(state).of(lang),
        )

    return router
