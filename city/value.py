"""One value of a YAML file, read as what it should be; what it is not becomes a mistake with its place.

Where something is wrong, one mistake is noted and a neutral value is given (`""`, nan, 0, an empty list), so that
reading goes on; nothing read so may be used once there are mistakes.
"""

import difflib
import math
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final, TypeVar

from city.errors import Mistake, Place
from city.yaml_file import Items, Node, Scalar

NAME: Final = re.compile(r"[a-z0-9_-]{1,64}")  # legal in MQTT, NATS subjects, file names and URLs (formats.md)
NUMBER: Final = re.compile(r"[-+]?(\d+(\.\d*)?|\.\d+)([eE][-+]?\d+)?", re.ASCII)  # YAML 1.2 core, finite
DURATION: Final = re.compile(r"0|(\d{1,9})(ms|s|m|h|d)", re.ASCII)
MAX_NEAR: Final = 2_000  # names to compare with take 40 µs each, and one slip is often made a thousand times
MS_OF: Final[Mapping[str, int]] = {"ms": 1, "s": 1_000, "m": 60_000, "h": 3_600_000, "d": 86_400_000}

E = TypeVar("E", bound=StrEnum)
D = TypeVar("D")


def near(name: str, known: Collection[str]) -> str:
    """The known name most like `name`, or `""` where none is or there are too many to look through."""
    if len(known) > MAX_NEAR:
        return ""
    return next(iter(difflib.get_close_matches(name, known, n=1)), "")


@dataclass(frozen=True, slots=True)
class Value:
    """What stands under one key or in one place of a list, to be read as what it should be.

    `node` is None where it is missing (a mistake already noted): every reading then gives its neutral value in silence.
    """

    node: Node | None
    place: Place
    key: str
    mistakes: list[Mistake]

    def wrong(self, message: str, /, **fields: object) -> None:
        """Notes a mistake at this value."""
        self.mistakes.append(Mistake.at(self.place, message, **fields))

    def text(self) -> str:
        """Any text that is not empty, as written."""
        if isinstance(self.node, Scalar) and self.node.text.strip() and not self.node.empty:
            return self.node.text
        return self._not("city.need_text", "")

    def words(self) -> str:
        """Any text, as written; also an empty one in quotes, where nothing is something: a sign that is dark."""
        return self.node.text if isinstance(self.node, Scalar) and not self.node.plain else self.text()

    def name(self) -> str:
        """A name of the grammar `[a-z0-9_-]{1,64}`."""
        text = self.text()
        if text and not NAME.fullmatch(text):
            self.wrong("city.need_name", key=self.key, found=text[:80])
            return ""
        return text

    def reference(self, known: Collection[str]) -> str:
        """A name out of `known`."""
        text = self.text()
        if not text or text in known:
            return text
        nearest = near(text, known)
        if nearest:
            self.wrong("city.unknown_name_near", key=self.key, found=text[:80], near=nearest)
        else:
            self.wrong("city.unknown_name", key=self.key, found=text[:80])
        return ""

    def choice(self, kinds: type[E]) -> E:
        """A member of a closed list; its first where the text is none of them."""
        text = self.text()
        for kind in kinds:
            if kind.value == text:
                return kind
        if text:
            self.wrong("city.need_choice", key=self.key, found=text, known=", ".join(kinds))
        return next(iter(kinds))

    def flag(self) -> bool:
        """`true` or `false`, unquoted."""
        if isinstance(self.node, Scalar) and self.node.plain and self.node.text.lower() in {"true", "false"}:
            return self.node.text.lower() == "true"
        return self._not("city.need_flag", default=False)

    def number(self, low: float = -math.inf, high: float = math.inf) -> float:
        """A finite number within low..high (both included), unquoted."""
        if not (isinstance(self.node, Scalar) and self.node.plain and NUMBER.fullmatch(self.node.text)):
            return self._not("city.need_number", math.nan)
        number = float(self.node.text)
        if not math.isfinite(number) or not low <= number <= high:
            self.wrong("city.outside", key=self.key, found=self.node.text, low=f"{low:g}", high=f"{high:g}")
            return math.nan
        return number

    def integer(self, low: int, high: int) -> int:
        """A whole number within low..high (both included), unquoted."""
        if isinstance(self.node, Scalar) and self.node.plain and re.fullmatch(r"-?[0-9]{1,18}", self.node.text):
            number = int(self.node.text)
            if low <= number <= high:
                return number
            self.wrong("city.outside", key=self.key, found=number, low=low, high=high)
            return low
        return self._not("city.need_integer", low)

    def duration_ms(self) -> int:
        """A duration in whole milliseconds: `90s 10m 1h 7d` (and `500ms`), or a bare `0`."""
        found = DURATION.fullmatch(self.node.text) if isinstance(self.node, Scalar) else None
        if found is None:
            return self._not("city.need_duration", 0)
        return int(found[1]) * MS_OF[found[2]] if found[1] else 0

    def date(self) -> date:
        """A day, `2027-03-31`."""
        try:
            return date.fromisoformat(self.node.text if isinstance(self.node, Scalar) else "")
        except ValueError:
            return self._not("city.need_date", date.min)

    def time_ms(self) -> int:
        """A moment in ISO 8601 with its offset, `2024-06-23T06:00:00+09:00`: whole ms since the epoch, UTC."""
        try:
            moment = datetime.fromisoformat(self.node.text if isinstance(self.node, Scalar) else "")
        except ValueError:
            return self._not("city.need_time", 0)
        if moment.tzinfo is None:
            return self._not("city.need_time", 0)
        return round(moment.timestamp() * 1000)

    def items(self) -> "list[Value]":
        """The members of a list; anything else counts as a list of that one."""
        if self.node is None:
            return []
        nodes = self.node.nodes if isinstance(self.node, Items) else (self.node,)
        return [Value(node, node.place, self.key, self.mistakes) for node in nodes]

    def _not(self, message: str, default: D) -> D:
        """`default`, with the mistake noted unless the value is missing altogether."""
        if self.node is not None:
            found = self.node.text[:80] if isinstance(self.node, Scalar) else "[…]"
            self.wrong(message, key=self.key, found=found)
        return default
