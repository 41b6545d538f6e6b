"""Where dashboards get their figures from: three data sources, known to Grafana by these ids.

megane-city       the city itself, in Prometheus' protocol: levels and alerts, and readings where there is no InfluxDB
megane-influxdb   the city's readings in InfluxDB, in InfluxQL
megane-metrics    a Prometheus that scrapes the city's `/metrics`
"""

from typing import Final

from grafana_foundation_sdk.models.dashboard import DataSourceRef

CITY_UID: Final = "megane-city"
INFLUXDB_UID: Final = "megane-influxdb"
METRICS_UID: Final = "megane-metrics"

CITY: Final = DataSourceRef(type_val="prometheus", uid=CITY_UID)
INFLUXDB: Final = DataSourceRef(type_val="influxdb", uid=INFLUXDB_UID)
METRICS: Final = DataSourceRef(type_val="prometheus", uid=METRICS_UID)
# Grafana's own: each query of a panel names its source. Without a type, which the SDK would take the queries by.
MIXED: Final = DataSourceRef(uid="-- Mixed --")
