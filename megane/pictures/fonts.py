"""A font that has Japanese: one of the machine's, by the names under which they come."""

from typing import Final

from matplotlib import font_manager

from city.errors import UserError

# The first two are the pages' own; then what Debian, macOS and Windows have.
NAMES: Final = (
    "Noto Sans JP",
    "Noto Sans CJK JP",
    "BIZ UDPGothic",
    "IPAexGothic",
    "IPAGothic",
    "TakaoPGothic",
    "Hiragino Sans",
    "Yu Gothic",
    "Meiryo",
    "MS Gothic",
)


class NoJapaneseFontError(UserError):
    """There is none: names would be drawn as boxes."""


def japanese_font() -> str:
    """Its name. Raises NoJapaneseFontError."""
    there = {font.name for font in font_manager.fontManager.ttflist}
    found = next((name for name in NAMES if name in there), None)
    if found is None:
        raise NoJapaneseFontError("backtest.no-font", names=", ".join(NAMES))
    return found
