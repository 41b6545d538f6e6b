"""The fleet's books: what it handed over, to be held against what the city says it received."""

from dataclasses import dataclass, field
from typing import Final

from city.reading import SeriesKey

REMEMBERED: Final = 500_000  # moments of publishing, about 100 MB; older ones are no longer asked for


@dataclass(slots=True)
class Books:
    """Counts over the whole fleet. Readings sent again count again; a payload of which nothing can be read counts one.

    published: readings for which the broker's PUBACK came
    unsure: readings sent on connections that broke before the PUBACK: the broker may or may not have them. So the city
        received at least `published` and at most `published + unsure`; both are equal where no connection broke
    messages: payloads acknowledged, those without readings (state) left out
    """

    published: int = 0
    unsure: int = 0
    messages: int = 0
    _moments: dict[tuple[SeriesKey, int], float] = field(default_factory=dict, repr=False)

    def publishing(self, series: SeriesKey, time_ms: int, moment_s: float) -> None:
        """Notes that the reading is sent at `moment_s` of a steady clock; only the first time counts."""
        self._moments.setdefault((series, time_ms), moment_s)
        if len(self._moments) > REMEMBERED:
            del self._moments[next(iter(self._moments))]

    def published_at(self, series: SeriesKey, time_ms: int) -> float | None:
        """When the reading was first sent, in seconds of the fleet's steady clock; None where that is not known."""
        return self._moments.get((series, time_ms))
