"""Where a page of a list ended: the time and id of its last, as text that a caller hands back."""

from typing import Final

from api.problem import ProblemError

_DIGITS: Final = 15  # years enough


def write_cursor(time_ms: int, ident: str) -> str:
    """For the answer's `next`."""
    return f"{time_ms}.{ident}"


def read_cursor(text: str) -> tuple[int, str]:
    """From the `after` of a request. Raises ProblemError."""
    time_ms, _, ident = text.partition(".")
    if not (time_ms.isascii() and time_ms.isdigit() and len(time_ms) <= _DIGITS and ident):
        raise ProblemError(400, "case.cursor", found=text[:40])
    return int(time_ms), ident
