"""What is said about Grafana: in its dashboards, and by the commands that bring them there."""

from collections.abc import Mapping
from typing import Final

from city.messages.text import Text

TEXTS: Final[Mapping[str, Text]] = {}
