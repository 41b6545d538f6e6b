"""Panels as all dashboards have them: the same heights, legends and gaps."""

from collections.abc import Sequence
from typing import Final

from grafana_foundation_sdk.builders import common, dashboard, stat, statetimeline, table, timeseries
from grafana_foundation_sdk.models.common import BigValueColorMode, LegendDisplayMode, LegendPlacement, VisibilityMode
from grafana_foundation_sdk.models.dashboard import (
    DashboardCursorSync,
    DataSourceRef,
    DynamicConfigValue,
    Threshold,
    ThresholdsMode,
    VariableHide,
    VariableRefresh,
    VariableSort,
)

from api.grafana.annotation import AlertAnnotation
from api.grafana.readings import Query
from city.catalog import Sensor
from city.messages import say
from city.messages.text import Lang

# The slowest usual sensor speaks every ten minutes: a shorter step would be empty in between.
STEP: Final = "10m"
# A silence longer than this is drawn as one, never as a line across.
GAP_MS: Final = 1_800_000
WIDTH: Final = 24
HEIGHT: Final = 8
# Names of so many sensors make a file that people still open; beyond, the lines carry ids.
NAMES_AT_MOST: Final = 200


def board(uid: str, title: str, lang: Lang, tags: Sequence[str] = ()) -> dashboard.Dashboard:
    """An empty dashboard in the city's time, with its alerts as annotations and a way to the others."""
    return (
        dashboard.Dashboard(title)
        .uid(uid)
        .tags(["megane", *tags])
        .timezone("Asia/Tokyo")
        .time("now-24h", "now")
        .refresh("1m")
        .tooltip(DashboardCursorSync.CROSSHAIR)
        .readonly()
        .annotation(AlertAnnotation(say("grafana.alerts", lang)))
        .link(dashboard.DashboardLink(say("grafana.others", lang)).tags(["megane"]).as_dropdown(True).keep_time(True))
    )


def lines(
    title: str, source: DataSourceRef, queries: Sequence[Query], unit: str, span: int = WIDTH
) -> timeseries.Panel:
    """Lines over time; gaps stay gaps."""
    legend = common.VizLegendOptions().display_mode(LegendDisplayMode.LIST).placement(LegendPlacement.BOTTOM)
    return (
        timeseries.Panel()
        .title(title)
        .datasource(source)
        .targets(list(queries))
        .interval(STEP)
        .unit(unit)
        .span(span)
        .height(HEIGHT)
        .span_nulls(GAP_MS)
        .show_points(VisibilityMode.AUTO)
        .legend(legend.show_legend(True))
    )


def figure(title: str, source: DataSourceRef, queries: Sequence[Query], unit: str, span: int) -> stat.Panel:
    """Large figures of this moment."""
    calm = dashboard.ThresholdsConfig().mode(ThresholdsMode.ABSOLUTE).steps([Threshold(None, "text")])
    return (
        stat.Panel()
        .title(title)
        .datasource(source)
        .targets(list(queries))
        .unit(unit)
        .span(span)
        .height(HEIGHT // 2)
        .thresholds(calm)
        .color_mode(BigValueColorMode.NONE)
        .no_value("0")
    )


def states(title: str, source: DataSourceRef, queries: Sequence[Query], span: int = WIDTH) -> statetimeline.Panel:
    """When something was so."""
    return (
        statetimeline.Panel()
        .title(title)
        .datasource(source)
        .targets(list(queries))
        .interval("1m")
        .span(span)
        .height(HEIGHT)
        .show_value(VisibilityMode.NEVER)
        .line_width(0)
        .fill_opacity(70)
    )


def rows(title: str, source: DataSourceRef, queries: Sequence[Query], span: int = WIDTH) -> table.Panel:
    """A table of this moment."""
    return (
        table.Panel().show_header(True).title(title).datasource(source).targets(list(queries)).span(span).height(HEIGHT)
    )


def choice(name: str, label: str, source: DataSourceRef, query: str, *, several: bool) -> dashboard.QueryVariable:
    """A variable that a person chooses from what the source knows."""
    variable = (
        dashboard.QueryVariable(name)
        .label(label)
        .datasource(source)
        .query(query)
        .refresh(VariableRefresh.ON_TIME_RANGE_CHANGED)
        .sort(VariableSort.ALPHABETICAL_ASC)
        .hide(VariableHide.DONT_HIDE)
        .multi(several)
        .include_all(several)
    )
    return variable.all_value(".*") if several else variable


def named(panel: timeseries.Panel, sensors: Sequence[Sensor], lang: Lang) -> timeseries.Panel:
    """Lines under the sensors' names rather than their ids."""
    if len(sensors) > NAMES_AT_MOST:
        return panel
    for sensor in sensors:
        name = DynamicConfigValue(id_val="displayName", value=sensor.title.of(lang))
        panel = panel.override_by_name(f"{sensor.key.device} {sensor.key.sensor}", [name])
    return panel


def suffix(unit_label: str) -> str:
    """A unit as people write it, in Grafana's way."""
    return f"suffix: {unit_label}" if unit_label else "none"
