"""The same questions about readings in the two languages that a city's readings can be asked in."""

from collections.abc import Mapping
from typing import Final, Literal, Protocol

from grafana_foundation_sdk.builders import prometheus
from grafana_foundation_sdk.cog.builder import Builder
from grafana_foundation_sdk.cog.runtime import UnknownDataquery
from grafana_foundation_sdk.cog.variants import Dataquery
from grafana_foundation_sdk.models.dashboard import DataSourceRef
from grafana_foundation_sdk.models.prometheus import PromQueryFormat

from api.grafana.sources import CITY, INFLUXDB
from city.reading import Quality

Reduction = Literal["avg", "min", "max", "sum", "count", "last"]
Query = Builder[Dataquery]
# A sensor that spoke less than this long ago counts as speaking: several times the slowest usual interval.
RECENT: Final = "1h"


class Readings(Protocol):
    """Where a city's readings are asked for, and how. `where` is label → pattern (alternatives, or a variable)."""

    source: DataSourceRef

    def steps(self, quantity: str, how: Reduction, where: Mapping[str, str], by: tuple[str, ...], ref: str) -> Query:
        """Readings made one value a step and group of `by` labels: `avg` of means, else the function itself."""
        ...

    def newest(self, quantity: str, where: Mapping[str, str], ref: str) -> Query:
        """The newest reading of each sensor."""
        ...

    def values(self, quantity: str, label: str, where: Mapping[str, str]) -> str:
        """The query of a variable: values of a label."""
        ...


def promql(expression: str, ref: str, legend: str, source: DataSourceRef = CITY) -> prometheus.Dataquery:
    """A PromQL query over the dashboard's span."""
    query = prometheus.Dataquery().expr(expression).ref_id(ref).legend_format(legend).range()
    return query.datasource(source)


def promql_now(expression: str, ref: str, legend: str, source: DataSourceRef = CITY) -> prometheus.Dataquery:
    """A PromQL query of one moment, as a table has it."""
    return promql(expression, ref, legend, source).instant()


def promql_table(expression: str, ref: str, source: DataSourceRef = CITY) -> prometheus.Dataquery:
    """The same with every label a column."""
    return promql_now(expression, ref, "", source).format(PromQueryFormat.TABLE)


class PromqlReadings:
    """Readings asked from the city itself, in PromQL."""

    source = CITY

    def steps(self, quantity: str, how: Reduction, where: Mapping[str, str], by: tuple[str, ...], ref: str) -> Query:
        """As `Readings.steps` says."""
        over = "sum" if how == "count" else how
        window = f"{how}_over_time({_selector(quantity, where)}[$__interval])"
        legend = " ".join(f"{{{{{label}}}}}" for label in by)
        return promql(f"{over} by ({', '.join(by)}) ({window})", ref, legend)

    def newest(self, quantity: str, where: Mapping[str, str], ref: str) -> Query:
        """As `Readings.newest` says."""
        return promql_now(f"last_over_time({_selector(quantity, where)}[{RECENT}])", ref, "{{device}} {{sensor}}")

    def values(self, quantity: str, label: str, where: Mapping[str, str]) -> str:
        """As `Readings.values` says."""
        return f"label_values({_selector(quantity, where)}, {label})"


class InfluxqlReadings:
    """Readings asked from InfluxDB, in InfluxQL."""

    source = INFLUXDB

    def steps(self, quantity: str, how: Reduction, where: Mapping[str, str], by: tuple[str, ...], ref: str) -> Query:
        """As `Readings.steps` says."""
        function = "mean" if how == "avg" else how
        groups = ", ".join(["time($__interval)", *(f'"{label}"' for label in by)])
        alias = " ".join(f"$tag_{label}" for label in by)
        text = f'SELECT {function}("value") FROM "{quantity}" WHERE {_conditions(where)} GROUP BY {groups} fill(none)'  # noqa: S608  names of the catalog, checked at load
        return Influxql(text, ref, alias)

    def newest(self, quantity: str, where: Mapping[str, str], ref: str) -> Query:
        """As `Readings.newest` says, within the dashboard's span."""
        text = f'SELECT last("value") FROM "{quantity}" WHERE {_conditions(where)} GROUP BY "device", "sensor"'  # noqa: S608  the same
        return Influxql(text, ref, "$tag_device $tag_sensor")

    def values(self, quantity: str, label: str, where: Mapping[str, str]) -> str:
        """As `Readings.values` says."""
        conditions = " AND ".join(f'"{name}" =~ /^{pattern}$/' for name, pattern in where.items())
        return f'SHOW TAG VALUES FROM "{quantity}" WITH KEY = "{label}"' + (conditions and f" WHERE {conditions}")


class Influxql(Builder[Dataquery]):
    """An InfluxQL query; the SDK has no model of it, so it goes as Grafana's data source writes it."""

    def __init__(self, text: str, ref: str, alias: str) -> None:
        self._fields: dict[str, object] = {
            "refId": ref,
            "datasource": INFLUXDB.to_json(),
            "query": text,
            "rawQuery": True,
            "resultFormat": "time_series",
            "alias": alias,
        }

    def build(self) -> Dataquery:
        """The query."""
        return UnknownDataquery(dict(self._fields))


READINGS: Final[Mapping[str, Readings]] = {"promql": PromqlReadings(), "influxql": InfluxqlReadings()}

# formats.md: a reading with the bit `bad` is kept and not used. Not every InfluxQL knows `&`.
_GOOD: Final = " OR ".join(f'"quality" = {bits}' for bits in range(2 * max(Quality)) if not bits & Quality.BAD)


def _selector(quantity: str, where: Mapping[str, str]) -> str:
    return quantity + "{" + ", ".join(f'{label}=~"{pattern}"' for label, pattern in where.items()) + "}"


def _conditions(where: Mapping[str, str]) -> str:
    tags = [f'"{label}" =~ /^{pattern}$/' for label, pattern in where.items()]
    return " AND ".join(["$timeFilter", f"({_GOOD})", *tags])
