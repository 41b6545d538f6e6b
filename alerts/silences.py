"""Silences: alerts that people do not want to be told of for a time, or at certain hours."""

from collections.abc import Sequence

import msgspec
import numpy as np

from alerts.plan import FAR
from alerts.suppression import Hold
from city.alert import NO_DATA, AlertEvent
from city.catalog import Catalog
from city.decision import Silence
from city.subject import series_of
from city.timetable import Timetable


class Silences:
    """Those that are not over; implements `Suppressor`."""

    def __init__(self, catalog: Catalog) -> None:
        """None yet; the catalog says in which area a subject is."""
        self._catalog = catalog
        self._silences: dict[str, Silence] = {}
        self._timetables: dict[str, Timetable] = {}

    def add(self, silence: Silence) -> None:
        """From now on."""
        if silence.id not in self._silences:
            self._silences[silence.id] = silence
            if silence.schedule:
                self._timetables[silence.id] = Timetable(silence.schedule)

    def lift(self, ident: str, at_ms: int) -> None:
        """It ends at `at_ms`, if it has not ended before."""
        silence = self._silences.get(ident)
        if silence is not None:
            ends = at_ms if silence.to_ms is None else min(silence.to_ms, at_ms)
            self._silences[ident] = msgspec.structs.replace(silence, to_ms=ends)

    def remember(self) -> list[Silence]:
        """All of them."""
        return list(self._silences.values())

    @property
    def quiet(self) -> bool:
        """There are none."""
        return not self._silences

    def see(self, events: Sequence[AlertEvent]) -> None:
        """No alert changes them."""

    def hold(self, event: AlertEvent, at_ms: int) -> Hold | None:
        """Of those that match the alert and are in force at that date, the one that lasts longest."""
        holds = [
            Hold(f"silence:{silence.id}", until)
            for silence in self._silences.values()
            if self._matches(silence, event) and (until := self._until_ms(silence, at_ms)) > at_ms
        ]
        return max(holds, key=lambda hold: hold.until_ms, default=None)

    def forget(self, before_ms: int) -> None:
        """Those that were over by then."""
        for silence in list(self._silences.values()):
            if silence.to_ms is not None and silence.to_ms <= before_ms:
                del self._silences[silence.id]
                self._timetables.pop(silence.id, None)

    def _until_ms(self, silence: Silence, at_ms: int) -> int:
        """Until when it is in force without a break, from `at_ms` on; `at_ms` where it is not."""
        ends = FAR if silence.to_ms is None else silence.to_ms
        if not silence.from_ms <= at_ms < ends:
            return at_ms
        timetable = self._timetables.get(silence.id)
        if timetable is None:
            return ends
        at = np.array([at_ms])
        return min(ends, int(timetable.next_edge_ms(at)[0])) if timetable.inside(at)[0] else at_ms

    def _matches(self, silence: Silence, event: AlertEvent) -> bool:
        """Whether the alert fits all that the silence names."""
        if silence.rules and not {event.rule, event.rule.removesuffix(NO_DATA)} & set(silence.rules):
            return False
        if silence.subjects and event.subject not in silence.subjects:
            return False
        if silence.severity_at_most is not None and event.severity > silence.severity_at_most:
            return False
        if not silence.areas:
            return True
        series = series_of(event.subject, self._catalog)
        return series is not None and self._catalog.sensors[series].area in silence.areas
