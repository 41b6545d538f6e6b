"""What administration counts, for Prometheus."""

from prometheus_client import CollectorRegistry, Counter, Histogram

from administration.outcome import Outcome, outcome_name

# From 5 ms (an idle city on one machine) to the 72 h after which a webhook is given up.
LATENCY_BUCKETS_S = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 15.0, 60.0, 600.0, 3600.0, 259200.0)


class Metrics:
    """Registered once in a registry; shared by relay, worker and heartbeat."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.relayed = Counter("megane_alert_events_relayed", "Alert events that reached their run.", registry=registry)
        self.unaddressed = Counter(
            "megane_webhooks_unaddressed",
            "Subscriptions passed over because the settings name no address.",
            ["endpoint"],
            registry=registry,
        )
        self.webhooks = Counter(
            "megane_webhooks",
            "Webhooks that came to an end: delivered, or dead letters.",
            ["endpoint", "outcome"],
            registry=registry,
        )
        self.latency = Histogram(
            "megane_webhook_seconds",
            "From an event's joining its run to its delivery, city clock.",
            buckets=LATENCY_BUCKETS_S,
            registry=registry,
        )
        self._attempts = Counter(
            "megane_webhook_attempts", "Attempts.", ["endpoint", "outcome", "reason"], registry=registry
        )
        self._heartbeats = Counter(
            "megane_heartbeats", "Heartbeats to addresses outside.", ["outcome", "reason"], registry=registry
        )
        self.database_waits = Counter(
            "megane_administration_database_waits", "Times the database did not answer.", registry=registry
        )

    def attempt(self, endpoint: str, outcome: Outcome) -> None:
        """Counts an attempt."""
        self._attempts.labels(endpoint, outcome_name(outcome), outcome.reason.value).inc()

    def heartbeat(self, outcome: Outcome) -> None:
        """Counts a heartbeat."""
        self._heartbeats.labels(outcome_name(outcome), outcome.reason.value).inc()
