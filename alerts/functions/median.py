"""`median(d)`: the middle value of the window."""

from typing import Final

from alerts.function import WINDOW, Example, Function
from alerts.functions.quantile import quantiles
from alerts.moments import Arguments, Moments
from city.messages.text import Text
from city.reading import Float64s


def _median(moments: Moments, arguments: Arguments) -> Float64s:
    return quantiles(moments, int(arguments[0]), 0.5)


MEDIAN: Final = Function(
    name="median",
    parameters=WINDOW,
    text=Text(
        ja="期間内の値の中央値。件数が偶数なら中央の二つの平均。一度だけの跳びに動かされない。",
        en="The middle value of the window, of an even number the mean of the two; a single spike does not move it.",
    ),
    examples=(
        Example("median(10m)", "0m 9, 2m 1, 5m 99, 8m 2", "10m", 2.0),
        Example("median(10m)", "1m 1, 2m 2, 5m 99, 8m 4", "10m", 3.0),
        Example("median(10m)", "0m 1", "10m", None),
    ),
    compute=_median,
)
