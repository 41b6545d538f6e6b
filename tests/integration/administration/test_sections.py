"""Alerts of several sections that are one incident: whoever subscribed to one of them hears of it, then of all."""

from pathlib import Path

import pytest
import sqlalchemy as sa

from administration.playbook import load_playbook
from city.catalog import Subscription
from tests.support.alert_events import START_MS, alert_event
from tests.support.business import Business, TestCity, rule
from tests.support.receiver import Receiver

TOGETHER = "id: together\ntitle: {{ja: 一緒, en: together}}\ngroup: {{by: [subject], window: 30m}}\nsteps: [{steps}]\n"


@pytest.mark.parametrize(
    "steps", ["webhook: {}", "{wait: {for: 10ms}}, webhook: {}"], ids=["joins later", "is there before"]
)
async def test_each_section_of_an_incident_hears_of_its_alerts(place: Path | sa.URL, steps: str) -> None:
    rules = {name: rule(f"of-{name}", owner=name, playbook="together") for name in ("bosai", "doboku")}
    async with Receiver() as bosai, Receiver() as doboku:
        city = TestCity(
            {"bosai": bosai.url, "doboku": doboku.url},
            subscriptions={name: Subscription(owners=frozenset({name})) for name in rules},
            rules={f"of-{name}": one for name, one in rules.items()},
            playbooks=[load_playbook(TOGETHER.format(steps=steps), "together")],
        )
        first = alert_event(rule="of-bosai")
        second = alert_event(rule="of-doboku", raised_ms=START_MS + 60_000)
        async with Business(place, city) as business:
            business.commit(first, second)
            await doboku.until(lambda: any(taken.event["id"] == second.id for taken in doboku.taken))
            await bosai.until(lambda: {taken.event["id"] for taken in bosai.taken} == {first.id, second.id})
