"""Headers of every answer: what a browser may do with it."""

from collections.abc import Mapping
from typing import Final

TILES: Final = "https://cyberjapandata.gsi.go.jp"
SAFE_HEADERS: Final[Mapping[str, str]] = {
    # All comes from here; only the Geospatial Information Authority's tiles may be asked for, and only as images.
    "Content-Security-Policy": (
        f"default-src 'self'; img-src 'self' data: {TILES}; object-src 'none'; base-uri 'none'; "
        "form-action 'self'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=()",
}
