"""What a person asks of a demo."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DemoPlan:
    """What was asked for.

    for_s: real seconds, None until somebody stops it
    span_s: simulated seconds: the demo ends with the scenario's first so many, however fast this machine is
    speed: None for the scenario's own
    store: kind of store
    whole: whether the real agent runs on every device; else what the scenario says
    store_url: of an InfluxDB 1.x that is there; None starts one for the demo
    """

    scenario: str
    for_s: float | None
    speed: float | None
    http_port: int | None
    browser: bool
    as_json: bool
    store: str = "duckdb"
    store_url: str | None = None
    span_s: float | None = None
    whole: bool = False

    @property
    def ends(self) -> bool:
        """Whether it comes to an end by itself, and a report with it."""
        return self.for_s is not None or self.span_s is not None
