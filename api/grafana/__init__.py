"""A city's dashboards for Grafana, as code: made from its catalog, so that a new quantity has its dashboard too."""
