"""A text in the two languages of the city."""

from dataclasses import dataclass
from enum import StrEnum
from typing import assert_never


class Lang(StrEnum):
    """The languages that every user-facing text is written in, the first being the default."""

    JA = "ja"
    EN = "en"


@dataclass(frozen=True, slots=True)
class Text:
    """One text in Japanese and English."""

    ja: str
    en: str

    def of(self, lang: Lang) -> str:
        """The text in `lang`."""
        match lang:
            case Lang.JA:
                return self.ja
            case Lang.EN:
                return self.en
            case _:
                assert_never(lang)
