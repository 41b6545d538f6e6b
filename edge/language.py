"""In which language the agent's programs speak to whoever started them."""

import os

from city.messages.text import Lang


def language() -> Lang:
    """Japanese, unless the environment asks for English (`MEGANE_LANG=en`)."""
    return Lang.EN if os.environ.get("MEGANE_LANG") == "en" else Lang.JA
