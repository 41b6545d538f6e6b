"""What goes wrong is said in RFC 9457's way, in both languages: what is wrong, and what would be right.

To a browser it is a page (`api/refusal.py`); what is asked for by a program stays a problem.
"""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Final, Protocol

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from api.language import language_of, quality_of
from api.safe_headers import SAFE_HEADERS
from city.errors import Mistake, MistakesError, UnavailableError, UserError
from city.messages import say
from city.messages.text import Lang

MEDIA_TYPE: Final = "application/problem+json"
_STATUS_TITLES: Final[Mapping[int, str]] = {
    400: "api.problem.bad-request",
    401: "api.problem.unknown",
    403: "api.problem.forbidden",
    404: "api.problem.not-found",
    405: "api.problem.not-allowed",
    409: "api.problem.conflict",
    413: "api.problem.too-large",
    422: "api.problem.not-possible",
    429: "api.problem.too-many",
    500: "api.problem.broken",
    503: "api.problem.unavailable",
}


class ProblemError(UserError):
    """A request that cannot be answered, with the status that says so."""

    def __init__(self, status: int, key: str, /, **fields: object) -> None:
        self.status = status
        super().__init__(key, **fields)


class RefusalPage(Protocol):
    """The page that a browser gets; `app.state.refusal_page` holds it."""

    def __call__(
        self, request: Request, status: int, key: str, fields: Mapping[str, object], mistakes: Sequence[Mistake], /
    ) -> Response:
        """What happened, what to do, a way back."""
        ...


class BothLanguages(BaseModel):
    """The same text in Japanese and English."""

    ja: str
    en: str


class MistakeInFile(BaseModel):
    """One thing wrong in a file of the city, and what would be right."""

    file: str
    line: Annotated[int, Field(description="From 1; 0: the file as a whole.")]
    column: int
    text: BothLanguages


class Problem(BaseModel):
    """RFC 9457, with the text in both languages."""

    type: Annotated[str, Field(examples=["urn:megane:problem:api.unknown-sensor"])]
    title: Annotated[str, Field(examples=["見つかりません"])]
    status: Annotated[int, Field(examples=[404])]
    detail: Annotated[str, Field(description="In the language of `Accept-Language`, Japanese by default.")]
    text: Annotated[BothLanguages, Field(description="The detail in both languages.")]
    mistakes: Annotated[list[MistakeInFile] | None, Field(description="Where files of the city are wrong.")] = None


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The error answers of a route, for its description in OpenAPI."""
    schema = {"$ref": "#/components/schemas/Problem"}
    return {
        status: {"description": say(_STATUS_TITLES[status], Lang.EN), "content": {MEDIA_TYPE: {"schema": schema}}}
        for status in statuses
    }


def refuse(
    request: Request,
    status: int,
    key: str,
    fields: Mapping[str, object],
    *,
    retry_after_s: float | None = None,
    mistakes: Sequence[Mistake] = (),
) -> Response:
    """The answer: a page to who would rather have one, else a problem. `fields` are those of the message `key`."""
    if wants_page(request.headers.get("accept", "")):
        page: RefusalPage = request.app.state.refusal_page
        refusal = page(request, status, key, fields, mistakes)
    else:
        refusal = _problem(status, key, fields, language_of(request), mistakes)
    refusal.headers.add_vary_header("Accept")
    if retry_after_s is not None:
        refusal.headers["Retry-After"] = str(max(1, round(retry_after_s)))
    return refusal


def wants_page(accept: str) -> bool:
    """Whether an `Accept` header likes a page better than JSON. What takes anything (`*/*`) is a program."""
    weights = dict.fromkeys(("text/html", "application/json", MEDIA_TYPE), 0.0)
    for part in accept.split(","):
        kind, _, parameters = part.strip().lower().partition(";")
        if kind.strip() in weights:
            weights[kind.strip()] = quality_of(parameters)
    page = weights.pop("text/html")
    return page > 0 and page >= max(weights.values())


def title_of(status: int, lang: Lang) -> str:
    """What a refusal is called."""
    return say(_STATUS_TITLES.get(status, "api.problem.bad-request"), lang)


def _problem(status: int, key: str, fields: Mapping[str, object], lang: Lang, mistakes: Sequence[Mistake]) -> Response:
    both = in_both(key, fields)
    problem = Problem(
        type=f"urn:megane:problem:{key}",
        title=title_of(status, lang),
        status=status,
        detail=both.ja if lang is Lang.JA else both.en,
        text=both,
        mistakes=[in_file(mistake) for mistake in mistakes] or None,
    )
    return JSONResponse(problem.model_dump(exclude_none=True), status, media_type=MEDIA_TYPE)


def in_both(key: str, fields: Mapping[str, object]) -> BothLanguages:
    """A message of the catalogue in both languages."""
    return BothLanguages(ja=say(key, Lang.JA, **fields), en=say(key, Lang.EN, **fields))


def in_file(mistake: Mistake) -> MistakeInFile:
    """A mistake, or a warning, as the API says it."""
    place = mistake.place
    text = in_both(mistake.key, dict(mistake.fields))
    return MistakeInFile(file=place.file, line=place.line, column=place.column, text=text)


def install(app: FastAPI) -> None:
    """Makes every error of the API a problem."""
    app.add_exception_handler(UserError, _user_error)
    app.add_exception_handler(UnavailableError, _unavailable)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _broken)


def _user_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, UserError)
    status = error.status if isinstance(error, ProblemError) else 400
    mistakes = error.mistakes if isinstance(error, MistakesError) else ()
    return refuse(request, status, error.key, error.fields, mistakes=mistakes)


def _unavailable(request: Request, error: Exception) -> Response:
    assert isinstance(error, UnavailableError)
    # 5 s: long enough for a store that checkpoints, short enough for somebody who waits before a page.
    return refuse(request, 503, "api.unavailable", {}, retry_after_s=error.retry_after_s or 5.0)


def _invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    mistakes: Sequence[Any] = error.errors()
    words = "; ".join(f"{'.'.join(str(step) for step in m['loc'])}: {m['msg']}" for m in mistakes[:10])
    return refuse(request, 400, "api.invalid", {"mistakes": words[:1000]})


def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    known = {404: "api.no-such-page", 405: "api.method-not-allowed", 413: "api.too-large"}
    key = known.get(error.status_code, "api.refused")
    fields = (
        {"path": request.url.path[:200], "method": request.method}
        if error.status_code in known
        else {"reason": str(error.detail)[:200]}
    )
    return refuse(request, error.status_code, key, fields)


def _broken(request: Request, _: Exception) -> Response:
    """A defect of ours: the traceback goes to the log (the server raises it again), never into the answer."""
    refusal = refuse(request, 500, "api.broken", {})
    refusal.headers.update(SAFE_HEADERS)  # this answer is made outside of the gate, which adds them to all others
    return refusal
