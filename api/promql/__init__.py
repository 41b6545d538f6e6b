"""A small closed subset of PromQL, over what a city's sensors said: what Grafana needs to draw a city.

    expression = number | selector | (expression) | -expression
               | expression + - * / expression
               | F_over_time(selector[duration])     F: avg min max sum count last
               | A [by (label, ...)] (expression)    A: avg min max sum count; `by` may also follow

A selector is `name{label="value", ...}` with `=`, `!=`, `=~`, `!~`. Everything else of PromQL is refused by its name.
What it means is what Prometheus means: a selector finds a series' newest sample of the last 5 minutes, (t - 5m, t], a
window is (t - d, t], operands match on all labels but the name. Readings with the quality bit `bad` are no samples.
"""
