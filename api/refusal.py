"""The page that a browser gets in place of what it asked for: what happened, what to do, and a way back."""

from collections.abc import Mapping, Sequence
from typing import Final
from urllib.parse import urlsplit

from fastapi import Request
from starlette.responses import Response

from api.admission import SAFE, sign_in_path
from api.language import language_of
from api.page import Pages
from api.ports import View
from api.problem import title_of
from city.errors import Mistake
from city.messages import CATALOGUE, say

# What programs are told names addresses and headers; people are told the same without them.
_FOR_PEOPLE: Final[Mapping[str, str]] = {
    "access.sign-in": "api.refusal.signed-out",
    "api.no-such-page": "api.refusal.no-such-page",
    "api.method-not-allowed": "api.refusal.method-not-allowed",
    "api.invalid": "api.refusal.invalid",
}
# Where asking once more may help.
_PASSING: Final = frozenset({429, 500, 503})


class RefusalPage:
    """Implements `api.problem.RefusalPage`."""

    def __init__(self, view: View) -> None:
        self._pages = Pages(view.notice)
        self._catalog = view.catalog

    def __call__(
        self, request: Request, status: int, key: str, fields: Mapping[str, object], mistakes: Sequence[Mistake]
    ) -> Response:
        """The page, with the status that says so."""
        lang = language_of(request)
        here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        todo = f"api.refusal.todo-{status}"
        came_from = _page_of_ours(request)
        return self._pages.page(
            request,
            "refusal.html",
            self._catalog(),
            status=status,
            title=title_of(status, lang),
            what=say(_FOR_PEOPLE.get(key, key), lang, **fields),
            mistakes=[mistake.text(lang) for mistake in mistakes],
            todo=say(todo, lang) if todo in CATALOGUE else None,
            sign_in=sign_in_path(came_from or "/" if request.method not in SAFE else here) if status == 401 else None,  # noqa: PLR2004
            again=here if status in _PASSING and request.method in SAFE else None,
            back=came_from if came_from not in {None, here} else None,
        )


def _page_of_ours(request: Request) -> str | None:
    """The path of the page that they came from, where it is one of ours."""
    found = urlsplit(request.headers.get("referer", ""))
    if not found.path.startswith("/") or found.netloc.lower() != request.headers.get("host", "").lower():
        return None
    return found.path + (f"?{found.query}" if found.query else "")
