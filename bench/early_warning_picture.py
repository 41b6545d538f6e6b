"""The picture of docs/early-warning.md: a flood at Toba, the gauges above it, and how far ahead it was told of."""

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from alerts.episode import Episode
from bench.floods import DAY_MS, HOUR_MS
from bench.sabae_history import SENSOR, levels
from bench.stage_correlation import Correlation, expected
from city.level import LEVEL_TITLES
from city.reading import Float64s, Int64s, SeriesKey
from megane.episodes import TOKYO
from megane.history import History

if TYPE_CHECKING:
    from matplotlib.axes import Axes

FONT: Final = "Noto Sans CJK JP"  # Debian's fonts-noto-cjk
MIDNIGHT_MS: Final = datetime(2024, 6, 23, tzinfo=TOKYO).timestamp() * 1000
SINCE_H, UNTIL_H = 12, 27
FLOOD_MS: Final = range(int(MIDNIGHT_MS) - DAY_MS, int(MIDNIGHT_MS) + 3 * DAY_MS)
WARNING, EVACUATION = "#F2E700", "#FF2800"  # official colours of alert levels 2 and 3
LEVEL_COLOURS: Final = {"standby": "0.55", "caution": "#9a8f00", "evacuation": "#FF2800", "danger": "#AA00AA"}
UPSTREAM: Final = (("rpi-matsunari", "松成(鞍谷川)", "#0017c1"), ("pref-kita", "北(浅水川)", "#00a3bf"))


def draw(history: History, correlation: Correlation, found: Iterable[Episode], file: Path) -> None:
    """found: the alerts of `toba-evacuation-ahead` and of the evacuation level itself, `flood-evacuation`."""
    from matplotlib import rc_context  # noqa: PLC0415  half a second that only the picture needs
    from matplotlib.figure import Figure  # noqa: PLC0415

    with rc_context({"font.family": FONT, "axes.unicode_minus": False}):
        figure = Figure(figsize=(10, 8), layout="constrained")
        toba, above = figure.subplots(2, 1, sharex=True, height_ratios=(3, 2))
        _toba(toba, history, correlation, list(found))
        for device, name, colour in UPSTREAM:
            above.plot(*_course(history, device), "o-", color=colour, label=f"{name} 実測")
        above.set(ylabel="水位 (m)", title="上流")
        above.legend(loc="upper right")
        above.set_xlim(SINCE_H, UNTIL_H)
        above.set_xticks(
            list(range(SINCE_H, UNTIL_H + 1, 2)), [f"{hour % 24}時" for hour in range(SINCE_H, UNTIL_H + 1, 2)]
        )
        above.set_xlabel("2024年6月23日(日)から24日(月)へ")
        for axes in (toba, above):
            axes.grid(color="0.92")
        file.parent.mkdir(exist_ok=True)
        figure.savefig(file, dpi=120)


def _toba(axes: "Axes", history: History, correlation: Correlation, found: list[Episode]) -> None:
    sensor = history.catalog.sensors[history.catalog.index[SeriesKey("rpi-toba", SENSOR)]]
    for name, level in sensor.levels.items():
        axes.axhline(level, color=LEVEL_COLOURS[name], linewidth=1)
        title = f"{LEVEL_TITLES[name].ja} {level:.2f}"
        axes.annotate(title, (UNTIL_H, level), xytext=(-4, 3), textcoords="offset points", ha="right")
    warned, reached = _first(found, "toba-evacuation-ahead"), _first(found, "flood-evacuation")
    hour, value = _course(history, "rpi-toba")
    above = hour[value >= sensor.levels["evacuation"]]
    ahead = _hour(warned.raised_ms), _hour(reached.raised_ms)
    axes.axvspan(*ahead, color=WARNING, alpha=0.35, label="上流からの見込みの知らせ")
    axes.axvspan(above[0], above[-1], color=EVACUATION, alpha=0.15, label="避難判断水位以上")
    time_ms, level_m = expected(history, correlation)
    inside = np.flatnonzero((_hours(time_ms) >= SINCE_H) & (_hours(time_ms) <= UNTIL_H))
    blind = "1 時間前に見込んだ水位(この洪水には合わせていない式)"
    axes.plot(_hours(time_ms)[inside], level_m[inside], "x--", color="0.35", label=blind)
    axes.plot(hour, value, "o-", color="#00118f", linewidth=2, label="鳥羽 実測")
    ends = (ahead[0], 1.2), (ahead[1], 1.2)
    axes.annotate("", ends[1], ends[0], arrowprops={"arrowstyle": "<->"})
    lead = f"{(reached.raised_ms - warned.raised_ms) // 60_000} 分前"
    middle = (ends[0][0] + ends[1][0]) / 2
    axes.annotate(lead, (middle, ends[0][1]), xytext=(0, 5), textcoords="offset points", ha="center")
    axes.set(ylabel="水位 (m)", title="浅水川 鳥羽: 避難判断水位の見込みと実測", ylim=(0.5, 8.4), yticks=range(1, 8))
    axes.legend(loc="upper left", ncols=2, framealpha=1)


def _course(history: History, device: str) -> tuple[Float64s, Float64s]:
    """(hours since midnight, level in m) within the picture."""
    time_ms, value = levels(history, history.catalog.index[SeriesKey(device, SENSOR)])
    inside = np.flatnonzero((_hours(time_ms) >= SINCE_H) & (_hours(time_ms) <= UNTIL_H))
    return _hours(time_ms)[inside], value[inside]


def _first(found: list[Episode], rule: str) -> Episode:
    """Its first alert within the picture."""
    subject = f"rpi-toba:{SENSOR}"
    return next(e for e in found if (e.rule, e.subject) == (rule, subject) and _hour(e.raised_ms) >= SINCE_H)


def _hours(time_ms: Int64s) -> Float64s:
    return (time_ms - MIDNIGHT_MS) / HOUR_MS


def _hour(time_ms: int) -> float:
    return (time_ms - MIDNIGHT_MS) / HOUR_MS
