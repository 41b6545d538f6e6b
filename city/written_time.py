"""Times as staff read them: Asia/Tokyo, with the weekday."""

from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from city.messages.text import Lang

TOKYO: Final = ZoneInfo("Asia/Tokyo")
_WEEKDAYS: Final = "月火水木金土日"


def moment(time_ms: int, lang: Lang) -> str:
    """`11月23日(月) 3:05`, or `Mon 23 Nov, 03:05`."""
    local = datetime.fromtimestamp(time_ms / 1000, TOKYO)
    match lang:
        case Lang.JA:
            return f"{day(local, lang)} {local.hour}:{local.minute:02d}"
        case Lang.EN:
            return f"{day(local, lang)}, {local:%H:%M}"


def day(one: date, lang: Lang) -> str:
    """`11月23日(月)`, or `Mon 23 Nov`."""
    match lang:
        case Lang.JA:
            return f"{one.month}月{one.day}日({_WEEKDAYS[one.weekday()]})"
        case Lang.EN:
            return f"{one:%a} {one.day} {one:%b}"
