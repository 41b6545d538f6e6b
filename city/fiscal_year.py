"""The fiscal year 年度 of a Japanese city: from 1 April to 31 March (地方自治法 208 条), by the clock of Japan."""

from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from city.messages.text import Text
from city.schedule import TOKYO

_FIRST_MONTH: Final = 4
_REIWA: Final = 2019  # 令和元年度; official papers count years in eras


def fiscal_year(time_ms: int) -> int:
    """The year in which the fiscal year of a moment (ms since the epoch) began: 2026 for March 2027."""
    local = datetime.fromtimestamp(time_ms / 1000, ZoneInfo(TOKYO))
    return local.year if local.month >= _FIRST_MONTH else local.year - 1


def written_year(year: int) -> Text:
    """`令和8年度` / `FY2026`; of years before Reiwa the Christian year."""
    count = year - _REIWA + 1
    era = "元" if count == 1 else str(count)
    return Text(ja=f"令和{era}年度" if count >= 1 else f"{year}年度", en=f"FY{year}")
