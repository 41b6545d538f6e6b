"""`last()`: the newest value."""

from typing import Final

from alerts.function import Example, Function
from alerts.moments import Arguments, Moments
from city.messages.text import Text
from city.reading import Float64s


def _last(moments: Moments, _: Arguments) -> Float64s:
    return moments.last()


LAST: Final = Function(
    name="last",
    parameters=(),
    text=Text(ja="最新の値。どれほど古くてもよい。", en="The newest value, however old it is."),
    examples=(
        Example("last()", "0m 5.0, 10m 5.7", "10m", 5.7),
        Example("last()", "0m 5.0, 10m 5.7", "3h", 5.7),
    ),
    compute=_last,
    reach_ms=lambda _: 0,
    empties_ms=lambda _: None,
)
