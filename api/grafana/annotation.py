"""Alerts as annotations: a band over every picture for as long as an alert fires."""

from typing import Final

from grafana_foundation_sdk.cog.builder import Builder
from grafana_foundation_sdk.models.dashboard import AnnotationQuery

from api.grafana.sources import CITY

# What the SDK's model has no words for; Grafana's Prometheus data source reads them beside `expr`.
PROMETHEUS_FIELDS: Final = {
    "titleFormat": "{{rule}}",
    "textFormat": "{{subject}}",
    "tagKeys": "severity",
    "step": "60s",
}
# From this severity on an alert is drawn; the lesser ones would cover the picture.
EXPRESSION: Final = 'megane_alert_firing{severity=~"3|4|5"}'


class _PrometheusAnnotation(AnnotationQuery):
    def to_json(self) -> dict[str, object]:
        return super().to_json() | PROMETHEUS_FIELDS


class AlertAnnotation(Builder[AnnotationQuery]):
    """The city's alerts as annotations, under `name`."""

    def __init__(self, name: str) -> None:
        self._name = name

    def build(self) -> AnnotationQuery:
        """The annotation."""
        return _PrometheusAnnotation(name=self._name, datasource=CITY, enable=True, icon_color="red", expr=EXPRESSION)
