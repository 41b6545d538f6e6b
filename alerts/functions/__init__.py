"""Every function that a rule may use. A new one is one file here and one line in this table."""

from collections.abc import Mapping
from typing import Final

from alerts.function import Function
from alerts.functions.age import AGE
from alerts.functions.baseline import BASELINE
from alerts.functions.count import COUNT
from alerts.functions.delta import DELTA
from alerts.functions.ewma import EWMA
from alerts.functions.flat import FLAT
from alerts.functions.forecast import FORECAST
from alerts.functions.last import LAST
from alerts.functions.max import MAX
from alerts.functions.mean import MEAN
from alerts.functions.median import MEDIAN
from alerts.functions.min import MIN
from alerts.functions.quantile import QUANTILE
from alerts.functions.rate import RATE
from alerts.functions.slope import SLOPE
from alerts.functions.std import STD
from alerts.functions.sum import SUM
from alerts.functions.zscore import ZSCORE

FUNCTIONS: Final[Mapping[str, Function]] = {
    function.name: function
    for function in (
        LAST,
        MEAN,
        MIN,
        MAX,
        SUM,
        MEDIAN,
        QUANTILE,
        COUNT,
        DELTA,
        RATE,
        SLOPE,
        STD,
        EWMA,
        ZSCORE,
        BASELINE,
        FORECAST,
        FLAT,
        AGE,
    )
}
