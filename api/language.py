"""Which of the two languages a reader gets: what they chose, else what their browser asks for, else Japanese."""

from typing import Final

from starlette.requests import Request

from city.messages.text import Lang

COOKIE: Final = "lang"


def language_of(request: Request) -> Lang:
    """`?lang=`, then the cookie of an earlier choice, then `Accept-Language`, then Japanese."""
    for choice in (request.query_params.get("lang"), request.cookies.get(COOKIE)):
        if choice in set(Lang):
            return Lang(choice)
    return accepted(request.headers.get("accept-language", ""))


def accepted(header: str) -> Lang:
    """The language that an `Accept-Language` header likes best of those we have (RFC 9110, 12.5.4)."""
    best, weight = Lang.JA, 0.0
    for part in header.split(","):
        tag, _, parameters = part.partition(";")
        primary = tag.strip().lower().split("-")[0]
        quality = quality_of(parameters)
        if primary in set(Lang) and quality > weight:
            best, weight = Lang(primary), quality
    return best


def quality_of(parameters: str) -> float:
    """The `q` of one entry; 1 where there is none, 0 (not wanted) where it is not a number."""
    name, _, value = parameters.strip().partition("=")
    if name.strip() != "q":
        return 1.0
    try:
        return float(value)
    except ValueError:
        return 0.0
