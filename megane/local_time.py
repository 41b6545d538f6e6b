"""Moments as the API has them, for people here."""

from datetime import datetime

from megane.episodes import TOKYO


def local_time(moment: str | None) -> str:
    """A moment of the API as people here read it; empty for none."""
    if moment is None:
        return ""
    return datetime.fromisoformat(moment).astimezone(TOKYO).strftime("%Y-%m-%d %H:%M:%S")
