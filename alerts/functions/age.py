"""`age()`: hours since the newest reading."""

from typing import Final

import numpy as np

from alerts.function import HOUR_MS, Dimension, Example, Function
from alerts.moments import Arguments, Moments
from city.messages.text import Text
from city.reading import Float64s


def _age(moments: Moments, _: Arguments) -> Float64s:
    heard = moments.heard()
    newest = moments.samples.time[np.where(heard, moments.newest, 0)]
    return np.where(heard, (moments.time - newest) / HOUR_MS, np.nan)


AGE: Final = Function(
    name="age",
    parameters=(),
    text=Text(
        ja="最新の測定値からの経過時間(時間)。定数とだけ比較できる。",
        en="Hours since the newest reading; it can be compared with a constant only.",
    ),
    examples=(
        Example("age()", "0m 1, 30m 1", "2h", 1.5),
        Example("age()", "0m 1", "0m", 0.0),
    ),
    compute=_age,
    reach_ms=lambda _: 0,
    empties_ms=lambda _: None,
    dimension=Dimension.HOURS,
    of_clock=True,
)
