"""Texts of `city`."""

from collections.abc import Mapping
from typing import Final

from city.messages.text import Text

TEXTS: Final[Mapping[str, Text]] = {
    "city.mistakes": Text(
        ja="誤りが {count} 件あります。上の行をそれぞれ直してから、もう一度実行してください。",
        en="{count} mistake(s) found. Mend the lines above, then run it again.",
    ),
}
