"""Floods, and how well warnings told of them beforehand. Both are alerts of the product's own engine.

A flood is a gauge at or above a level; it is over once it has been below it for a day, so that a river which sways
about a level is one flood. A storm is the floods of all gauges that begin within a day of one another.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np

from alerts.episode import Episode
from alerts.rule_file import load_rules
from city.level import RIVER_LEVELS
from city.rule import Rule

HOUR_MS: Final = 3_600_000
DAY_MS: Final = 24 * HOUR_MS
AHEAD_MS: Final = 6 * HOUR_MS  # a warning that is older than this when the flood comes was a false alarm


@dataclass(frozen=True, slots=True)
class Scored:
    """What became of the warnings of one rule about one level.

    lead_ms: of each flood that was told of beforehand, the longest first
    missed: floods of which nobody was told before they came; false: warnings after which none came in time
    """

    lead_ms: tuple[int, ...]
    missed: tuple[Episode, ...]
    false: tuple[Episode, ...]

    @classmethod
    def of(cls, parts: "Sequence[Scored]") -> "Scored":
        """Several together."""
        return cls(
            tuple(sorted((lead for part in parts for lead in part.lead_ms), reverse=True)),
            tuple(flood for part in parts for flood in part.missed),
            tuple(warning for part in parts for warning in part.false),
        )

    @property
    def floods(self) -> int:
        """How many there were."""
        return len(self.lead_ms) + len(self.missed)

    @property
    def success(self) -> float:
        """The critical success index of weather services: hits through hits, misses and false alarms."""
        of = self.floods + len(self.false)
        return len(self.lead_ms) / of if of else 1.0

    @property
    def lead_min(self) -> float:
        """Median lead of those told of, minutes; NaN where there is none."""
        return float(np.median(self.lead_ms)) / 60_000 if self.lead_ms else float("nan")


def flood_rules() -> tuple[Rule, ...]:
    """One rule for each official level, `flood-<level>`, whose alerts are floods."""
    return rules_of(
        Sketch(f"flood-{level}", f'last() >= level("{level}")', f'max(24h) < level("{level}")')
        for level in RIVER_LEVELS
    )


@dataclass(frozen=True, slots=True)
class Sketch:
    """A rule as far as it decides; `series`: the one that it looks at, else every water level."""

    id: str
    raises: str
    clears: str
    pending: str = "0m"
    hold: str = "0m"
    series: str | None = None


def rules_of(sketches: Iterable[Sketch]) -> tuple[Rule, ...]:
    """The rules that they are."""
    return load_rules({f"{sketch.id}.yaml": _yaml(sketch) for sketch in sketches})


def _yaml(sketch: Sketch) -> str:
    series = f', series: "{sketch.series}"' if sketch.series else ""
    return f"""
        id: {sketch.id}
        title: {{ja: {sketch.id}, en: {sketch.id}}}
        owner: bosai
        select: {{quantity: water_level{series}}}
        raise: '{sketch.raises}'
        for: {sketch.pending}
        clear: '{sketch.clears}'
        hold: {sketch.hold}
        severity: 2
    """


def scored(warnings: Iterable[Episode], floods: Iterable[Episode]) -> Scored:
    """Which of the floods were told of by which of the warnings; of several before one flood the first counts.

    A warning tells of a flood that comes within `AHEAD_MS` or while it fires. One that begins when the flood is there
    already is neither.
    """
    told = sorted(warnings, key=lambda warning: warning.raised_ms)
    came = sorted(floods, key=lambda flood: flood.raised_ms)
    leads = {
        flood: flood.raised_ms - first.raised_ms
        for flood in came
        if (first := next((warning for warning in told if _tells_of(warning, flood)), None)) is not None
    }
    false = [w for w in told if not any(_tells_of(w, flood) or _during(w, flood) for flood in came)]
    missed = tuple(flood for flood in came if flood not in leads)
    return Scored(tuple(sorted(leads.values(), reverse=True)), missed, tuple(false))


def left_one_out(
    variants: Callable[[range], Mapping[str, Sequence[Episode]]], floods: Sequence[Episode]
) -> tuple[Scored, list[str]]:
    """For each storm the variant that does best in all others, scored in that storm; and which it was each time.

    variants: the warnings of each, given the piece of the year (ms) that it may not have learned from
    Best: the greatest success, then the longest lead, then the first. The year falls into one piece for each storm,
    from the middle between it and the one before, so that every warning is in one of them.
    """
    parts, chosen = [], []
    for piece in pieces(floods):
        inside, outside = _cut(floods, piece)
        told = {name: _cut(warnings, piece) for name, warnings in variants(piece).items()}
        others = {name: scored(elsewhere, outside) for name, (_, elsewhere) in told.items()}
        best = max(others, key=lambda name: (others[name].success, sum(others[name].lead_ms)))
        chosen.append(best)
        parts.append(scored(told[best][0], inside))
    return Scored.of(parts), chosen


def _cut(episodes: Sequence[Episode], piece: range) -> tuple[list[Episode], list[Episode]]:
    """(those raised in the piece, the others)."""
    return [e for e in episodes if e.raised_ms in piece], [e for e in episodes if e.raised_ms not in piece]


def pieces(floods: Sequence[Episode]) -> list[range]:
    """One for each storm, ms: from the middle between it and the one before to the middle before the next."""
    begins = np.unique([flood.raised_ms for flood in floods])
    gaps = np.flatnonzero(np.diff(begins) > DAY_MS)
    edges = [-(1 << 61), *((begins[gaps] + begins[gaps + 1]) // 2).tolist(), 1 << 61]
    return [range(start, end) for start, end in pairwise(edges)]


def _tells_of(warning: Episode, flood: Episode) -> bool:
    if warning.subject != flood.subject or not warning.raised_ms < flood.raised_ms:
        return False
    return flood.raised_ms <= warning.raised_ms + AHEAD_MS or _end(warning) >= flood.raised_ms


def _during(warning: Episode, flood: Episode) -> bool:
    return warning.subject == flood.subject and flood.raised_ms <= warning.raised_ms <= _end(flood)


def _end(episode: Episode) -> int:
    return 1 << 61 if episode.cleared_ms is None else episode.cleared_ms
