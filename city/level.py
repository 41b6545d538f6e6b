"""Names of levels that mean the same everywhere, as people read them. A city may name others of its own."""

from collections.abc import Mapping
from typing import Final

from city.messages.text import Text

# The four official levels of a river, rising (Ministry of Land, Infrastructure, Transport and Tourism).
RIVER_LEVELS: Final = ("standby", "caution", "evacuation", "danger")

LEVEL_TITLES: Final[Mapping[str, Text]] = {
    "standby": Text(ja="水防団待機水位", en="Flood corps stand-by"),
    "caution": Text(ja="はん濫注意水位", en="Flood caution"),
    "evacuation": Text(ja="避難判断水位", en="Evacuation decision"),
    "danger": Text(ja="はん濫危険水位", en="Flood danger"),
    # of all else
    "watch": Text(ja="注意", en="Watch"),
    "alarm": Text(ja="警戒", en="Alarm"),
    "closed": Text(ja="通行止め", en="Road closed"),
}
