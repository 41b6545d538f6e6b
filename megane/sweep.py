"""What a tuning varies, and through which values, as a person writes it on the command line."""

import re
from collections.abc import Callable, Sequence
from decimal import Decimal, InvalidOperation
from typing import Final

from alerts.variants import KEYS, Key, LevelOffset, Literal, NamedNumber, Varied, Window
from city.errors import UserError
from city.value import MS_OF

MOST: Final = 200  # values: more than a curve can show
_DURATION: Final = re.compile(r"0|(\d{1,9})(s|m|h|d)", re.ASCII)


class SweepError(UserError):
    """It is not clear what is to be varied, or how."""


def read_varied(number: str | None, level: str | None, duration: str | None) -> Varied:
    """What is varied: exactly one of the three is to be given. Raises SweepError."""
    match (number, level, duration):
        case (str(), None, None):
            value = _decimal(number)
            return NamedNumber(number) if value is None else Literal(float(value))
        case (None, str(), None):
            return LevelOffset(level)
        case (None, None, str()) if duration in KEYS:
            return Key(duration)
        case (None, None, str()):
            return Window(duration_ms(duration))
        case _:
            raise SweepError("tune.vary-one")


def read_values(text: str, varied: Varied) -> list[float]:
    """`4.8,5.0,5.2` or `4.8:5.6:0.1` (from, to, step; to is among them), durations in ms; ascending, each once.

    Raises SweepError.
    """
    read: Callable[[str], Decimal] = _duration if isinstance(varied, Key | Window) else _number
    if ":" in text:
        found = _steps(text, [read(part.strip()) for part in text.split(":")])
    else:
        found = [read(part.strip()) for part in text.split(",")]
    values = sorted({float(value) for value in found})
    if len(values) > MOST:
        raise SweepError("tune.too-many", count=len(values), limit=MOST)
    return values


def written(value: float, varied: Varied) -> str:
    """A value as it would be written."""
    if isinstance(varied, Key | Window):
        unit = next((unit for unit in ("d", "h", "m", "s") if value and value % MS_OF[unit] == 0), "m")
        return f"{value / MS_OF[unit]:g}{unit}"
    return f"{value:+g}" if isinstance(varied, LevelOffset) and value else f"{value:g}"


def named(varied: Varied) -> str:
    """What is varied, in the words of a rule file."""
    match varied:
        case NamedNumber(name=name):
            return f'number("{name}")'
        case Literal(value=value):
            return f"{value:g}"
        case LevelOffset(name=name):
            return f'level("{name}")'
        case Key(key=key):
            return key
        case Window(ms=ms):
            return written(ms, varied)


def _steps(text: str, parts: Sequence[Decimal]) -> list[Decimal]:
    if len(parts) != 3 or parts[2] <= 0 or parts[0] > parts[1]:  # noqa: PLR2004  from, to, step
        raise SweepError("tune.values", text=text)
    first, last, step = parts
    count = int((last - first) / step) + 1
    if count > MOST:
        raise SweepError("tune.too-many", count=count, limit=MOST)
    return [first + step * k for k in range(count)]


def _number(text: str) -> Decimal:
    value = _decimal(text)
    if value is None:
        raise SweepError("tune.values", text=text)
    return value


def _decimal(text: str) -> Decimal | None:
    try:
        value = Decimal(text)
    except InvalidOperation:
        return None
    return value if value.is_finite() else None


def _duration(text: str) -> Decimal:
    return Decimal(duration_ms(text))


def duration_ms(text: str) -> int:
    """Milliseconds of `90s`, `10m`, `1h`, `7d` or `0`. Raises SweepError."""
    found = _DURATION.fullmatch(text)
    if found is None:
        raise SweepError("tune.duration", text=text)
    return int(found[1]) * MS_OF[found[2]] if found[1] else 0
