"""Every function that a rule may use. A new one is one file here and one line in this table."""

from collections.abc import Mapping
from typing import Final

from alerts.function import Function
from alerts.functions.age import AGE
from alerts.functions.count import COUNT
from alerts.functions.delta import DELTA
from alerts.functions.last import LAST
from alerts.functions.max import MAX
from alerts.functions.mean import MEAN
from alerts.functions.min import MIN
from alerts.functions.rate import RATE
from alerts.functions.sum import SUM

FUNCTIONS: Final[Mapping[str, Function]] = {
    function.name: function for function in (LAST, MEAN, MIN, MAX, SUM, COUNT, DELTA, RATE, AGE)
}
