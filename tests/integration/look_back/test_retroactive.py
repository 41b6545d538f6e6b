"""Late readings in a running city: the journal says what was read of the store, and the ledger what came of it."""

from pathlib import Path

from alerts.projection import Alert
from city.alert import AlertState
from city.entry import RetroactiveEntry
from megane.journal_replay import replay_journal
from tests.support.looking_city import LookingCity, MoodyStore, told
from tests.support.rule_city import MINUTE, T0, rule_text

RULES = {"rules/r.yaml": rule_text(raise_="max(30m) >= 7")}


def firing(city: LookingCity) -> list[Alert]:
    return city.ledger.alerts(AlertState.FIRING)


async def test_what_came_late_is_told_marked_and_goes_on_as_a_live_alert(tmp_path: Path) -> None:
    store = MoodyStore()
    city = LookingCity(tmp_path, store)
    async with city.running():
        city.journal.append_rules(T0, RULES)
        for minute in (1, 5, 40, 60):
            city.put((minute, 2.0), at=minute)
        store.refusals = 2
        city.put((10, 9.0), (50, 8.0), at=61)
        await city.journaled(RetroactiveEntry)
        found = city.events()
        assert [(*each, event.retroactive) for each, event in zip(told(found), found, strict=True)] == [
            ("high", "firing", 10, True),
            ("high", "resolved", 40, True),
            ("high", "firing", 50, True),
        ]
        assert [(a.raised_ms, a.retroactive) for a in firing(city)] == [(T0 + 50 * MINUTE, True)]
        await city.watch.caught_up(city.put((81, 2.0), at=81))
        found = city.events()
        assert told(found)[-1] == ("high", "resolved", 81)
    assert city.registry.get_sample_value("megane_retroactive_passes_total") == 1
    assert [e.id for e in replay_journal(tmp_path / "journal.db")] == [e.id for e in found]
