"""Texts of `megane provision`: who a device is."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from city.messages.text import Text

TEXTS: Final[Mapping[str, Text]] = MappingProxyType(
    {
        "provision.device": Text(
            ja="「{device}」は装置の id として使えません。半角小文字・数字・「_」・「-」で 64 文字までにしてください。",
            en="`{device}` cannot be a device's id: lower-case letters, digits, `_` and `-`, 64 at most.",
        ),
        "provision.request": Text(
            ja="証明書の申請が使えません: {problem}。装置で作り直してください。",
            en="The request for a certificate cannot be used: {problem}. Make it anew on the device.",
        ),
    }
)
