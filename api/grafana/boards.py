"""All dashboards of a city. Each function makes one, from the catalog and the language its readings are asked in."""

from collections.abc import Iterator, Sequence

from grafana_foundation_sdk.builders import dashboard as builders
from grafana_foundation_sdk.models.dashboard import Dashboard, VariableOption

from api.grafana.panels import STEP, board, choice, figure, lines, named, rows, states, suffix
from api.grafana.readings import Readings, promql, promql_now, promql_table
from api.grafana.sources import CITY, METRICS, MIXED
from city.catalog import Catalog, Sensor
from city.messages import say
from city.messages.text import Lang
from city.quantity import Quantity

RATE = "$__rate_interval"


def boards(catalog: Catalog, readings: Readings, lang: Lang) -> Sequence[Dashboard]:
    """Every dashboard, the overview first."""
    return [
        overview(catalog, readings, lang),
        *(of_quantity(quantity, sensors, readings, lang) for quantity, sensors in _by_quantity(catalog)),
        of_sensor(catalog, readings, lang),
        ingestion(lang),
        alerts(lang),
    ]


def overview(catalog: Catalog, readings: Readings, lang: Lang) -> Dashboard:
    """What is the matter, then the greatest and least of every quantity, by district."""
    page = board("megane-overview", f"{catalog.title.of(lang)} {say('grafana.overview', lang)}", lang)
    firing = promql_now(
        "count by (severity) (megane_alert_firing)", "A", say("grafana.severity", lang) + " {{severity}}"
    )
    speaking = promql_now('count(last_over_time({zone=~".+"}[1h]))', "A", say("grafana.speaking", lang))
    timeline = promql("max by (rule) (megane_alert_firing)", "A", "{{rule}}")
    page.with_panel(figure(say("grafana.firing", lang), CITY, [firing], "none", 12))
    page.with_panel(figure(say("grafana.speaking", lang), CITY, [speaking], "none", 12))
    page.with_panel(states(say("grafana.when", lang), CITY, [timeline]))
    for quantity, _ in _by_quantity(catalog):
        most = readings.steps(quantity.id, "max", {}, ("area",), "A")
        title = say("grafana.greatest-by-area", lang, what=quantity.title.of(lang))
        page.with_panel(lines(title, readings.source, [most], suffix(quantity.unit_label), 8))
    return page.build()


def of_quantity(quantity: Quantity, sensors: Sequence[Sensor], readings: Readings, lang: Lang) -> Dashboard:
    """All sensors of one quantity."""
    unit = suffix(quantity.unit_label)
    page = board(f"megane-{quantity.id.replace('_', '-')}", quantity.title.of(lang), lang, ["quantity"])
    areas = readings.values(quantity.id, "area", {})
    page.with_variable(choice("area", say("grafana.area", lang), readings.source, areas, several=True))
    where, each = {"area": "$area"}, ("device", "sensor")
    greatest = readings.steps(quantity.id, "max", where, each, "A")
    mean = readings.steps(quantity.id, "avg", where, each, "A")
    count = readings.steps(quantity.id, "count", where, ("area",), "A")
    newest = readings.newest(quantity.id, where, "A")
    page.with_panel(
        named(lines(say("grafana.greatest", lang, step=STEP), readings.source, [greatest], unit), sensors, lang)
    )
    page.with_panel(named(lines(say("grafana.mean", lang, step=STEP), readings.source, [mean], unit), sensors, lang))
    page.with_panel(rows(say("grafana.newest", lang), readings.source, [newest], 12))
    page.with_panel(lines(say("grafana.count", lang), readings.source, [count], "none", 12))
    return page.build()


def of_sensor(catalog: Catalog, readings: Readings, lang: Lang) -> Dashboard:
    """One sensor over its levels."""
    page = board("megane-sensor", say("grafana.sensor", lang), lang)
    quantities = [quantity.id for quantity, _ in _by_quantity(catalog)]
    page.with_variable(
        builders.CustomVariable("quantity")
        .label(say("grafana.quantity", lang))
        .values(",".join(quantities))
        .current(VariableOption(text=quantities[0], value=quantities[0]))
    )
    devices = readings.values("${quantity}", "device", {})
    page.with_variable(choice("device", say("grafana.device", lang), readings.source, devices, several=False))
    sensors = readings.values("${quantity}", "sensor", {"device": "$device"})
    page.with_variable(choice("sensor", say("grafana.sensor", lang), readings.source, sensors, several=False))
    where, each = {"device": "$device", "sensor": "$sensor"}, ("device", "sensor")
    chosen = 'device="$device", sensor="$sensor"'
    value = readings.steps("${quantity}", "avg", where, each, "A")
    levels = promql(f"max by (level) (megane_level{{{chosen}}})", "B", "{{level}}")
    least, greatest = (readings.steps("${quantity}", how, where, each, how[1].upper()) for how in ("min", "max"))
    count = readings.steps("${quantity}", "count", where, each, "A")
    firing = promql(f"max by (rule) (megane_alert_firing{{{chosen}}})", "A", "{{rule}}")
    page.with_panel(lines(say("grafana.over-levels", lang), MIXED, [value, levels], "none").height(12))
    page.with_panel(states(say("grafana.when", lang), CITY, [firing]))
    page.with_panel(lines(say("grafana.least-and-greatest", lang), readings.source, [least, greatest], "none", 12))
    page.with_panel(lines(say("grafana.count", lang), readings.source, [count], "none", 12))
    return page.build()


def ingestion(lang: Lang) -> Dashboard:
    """Whether what sensors say arrives, is kept and is judged."""
    page = board("megane-ingestion", say("grafana.ingestion", lang), lang)

    def panel(key: str, unit: str, *asked: tuple[str, str]) -> None:
        queries = [promql(text, chr(ord("A") + i), legend, METRICS) for i, (text, legend) in enumerate(asked)]
        page.with_panel(lines(say(f"grafana.{key}", lang), METRICS, queries, unit, 12).interval("15s"))

    panel("messages", "cps", (f"sum by (outcome) (rate(megane_messages_total[{RATE}]))", "{{outcome}}"))
    panel(
        "readings",
        "cps",
        (f"sum by (outcome, reason) (rate(megane_readings_total[{RATE}]))", "{{outcome}} {{reason}}"),
    )
    panel("lag", "none", ("megane_store_lag_entries", "store"), ("megane_engine_lag_entries", "engine"))
    panel("inbox", "none", ("megane_inbox_messages", "inbox"))
    panel(
        "durations",
        "s",
        (_quantile("megane_journal_append_seconds"), "journal p99"),
        (_quantile("megane_store_write_seconds"), "store p99"),
        (_quantile("megane_engine_step_seconds"), "engine p99"),
    )
    panel("disk", "bytes", ("megane_journal_bytes", "journal"), ("megane_quarantine_bytes", "quarantine"))
    panel(
        "failures",
        "none",
        ("increase(megane_journal_append_failures_total[1h])", "journal"),
        ("increase(megane_store_write_failures_total[1h])", "store"),
    )
    panel(
        "balance", "none", ("sum(megane_readings_received_total) - sum(megane_readings_total)", "received - accounted")
    )
    return page.build()


def alerts(lang: Lang) -> Dashboard:
    """What fires and fired, and whether departments were told."""
    page = board("megane-alerts", say("grafana.alerts-and-webhooks", lang), lang)
    page.with_panel(rows(say("grafana.firing", lang), CITY, [promql_table("megane_alert_firing", "A")]))
    by_severity = promql("count by (severity) (megane_alert_firing)", "A", "{{severity}}")
    page.with_panel(lines(say("grafana.by-severity", lang), CITY, [by_severity], "none", 12).interval("1m"))
    by_rule = promql("max by (rule) (megane_alert_firing)", "A", "{{rule}}")
    page.with_panel(states(say("grafana.when", lang), CITY, [by_rule], 12))

    def panel(key: str, unit: str, text: str, legend: str) -> None:
        query = promql(text, "A", legend, METRICS)
        page.with_panel(lines(say(f"grafana.{key}", lang), METRICS, [query], unit, 12).interval("15s"))

    panel("events", "none", "sum by (to_state) (increase(megane_alert_events_total[1h]))", "{{to_state}}")
    panel(
        "webhooks",
        "none",
        "sum by (endpoint, outcome) (increase(megane_webhooks_total[1h]))",
        "{{endpoint}} {{outcome}}",
    )
    panel(
        "attempts",
        "none",
        "sum by (outcome, reason) (increase(megane_webhook_attempts_total[1h]))",
        "{{outcome}} {{reason}}",
    )
    panel("webhook-seconds", "s", _quantile("megane_webhook_seconds"), "p99")
    return page.build()


def _quantile(histogram: str) -> str:
    return f"histogram_quantile(0.99, sum by (le) (rate({histogram}_bucket[{RATE}])))"


def _by_quantity(catalog: Catalog) -> Iterator[tuple[Quantity, Sequence[Sensor]]]:
    """The quantities that the city measures, each with its sensors, in the order of their ids."""
    quantities = {sensor.quantity.id: sensor.quantity for sensor in catalog.sensors}
    for id_ in sorted(quantities):
        yield quantities[id_], [sensor for sensor in catalog.sensors if sensor.quantity.id == id_]
