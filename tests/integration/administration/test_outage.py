"""A department's server is down for a day while its secret is changed: it gets everything, once, in order, signed."""

from collections import defaultdict
from pathlib import Path
from typing import Final

import sqlalchemy as sa

from administration.deliveries import webhook_id
from administration.outcome import Reason
from tests.support.alert_events import START_MS, firing_and_resolved
from tests.support.business import Business, TestCity
from tests.support.manual_clock import ManualClock
from tests.support.receiver import SECRET, Received, Receiver

HOUR_MS: Final = 3_600_000
SUBJECTS: Final = tuple(f"rpi-{number}:water_level" for number in range(6))
# Of each hour an alert, raised and over: four of each subject on that day.
DAY: Final = [firing_and_resolved(SUBJECTS[hour % 6], START_MS + hour * HOUR_MS) for hour in range(24)]
CHANGED: Final = "whsec_" + "YW5vdGhlci1zZWNyZXQtb2YtMzItYnl0ZXMtZm9yLXRlc3Rz"


async def test_after_a_day_s_outage_everything_arrives_once_and_in_order_under_the_new_secret(
    place: Path | sa.URL,
) -> None:
    clock = ManualClock(START_MS)
    # bosai is away and comes back knowing only its new secret; doboku stays, and has only ever known the old one.
    async with Receiver(secret=CHANGED) as bosai, Receiver(secret=SECRET) as doboku:
        await bosai.close()
        urls = {"bosai": bosai.url, "doboku": doboku.url}
        async with Business(place, TestCity(urls, SUBJECTS, secrets=(SECRET,)), clock=clock) as before:
            await _pass_hours(before, clock, doboku, 0, 12)
        async with Business(place, TestCity(urls, SUBJECTS, secrets=(CHANGED, SECRET)), clock=clock) as after:
            await _pass_hours(after, clock, doboku, 12, 24)
            away = after.endpoints.health()[0]
            assert (away.delivered, away.dead, away.last_error) == (0, 0, Reason.UNREACHABLE)
            await bosai.open()
            back_ms = clock.now_ms()
            await clock.pass_until(bosai.until(lambda: len(bosai.taken) >= 2 * len(DAY)))
            # Whoever is back is found by the next attempt, ten minutes later at most, and then gets all at once.
            assert clock.now_ms() - back_ms <= after.office.retry.longest_ms
            await after.until(lambda: [e.delivered for e in after.endpoints.health()] == [2 * len(DAY)] * 2)
    for receiver, name in ((bosai, "bosai"), (doboku, "doboku")):
        assert [taken.id for taken in receiver.requests] == [taken.id for taken in receiver.taken]
        assert sorted(taken.id for taken in receiver.taken) == sorted(
            webhook_id(name, event.id) for both in DAY for event in both
        )
        assert _told(receiver.taken) == _told_in_order()


async def _pass_hours(business: Business, clock: ManualClock, doboku: Receiver, first: int, end: int) -> None:
    for hour in range(first, end):
        await _pass_hour(business, clock, doboku, hour)


async def _pass_hour(business: Business, clock: ManualClock, doboku: Receiver, hour: int) -> None:
    """An alert, and at least one more attempt in vain at bosai."""
    business.commit(*DAY[hour])
    await doboku.until(lambda: len(doboku.taken) == 2 * (hour + 1))
    failures = business.endpoints.health()[0].failures_in_a_row
    clock.advance(HOUR_MS / 1000)
    await business.until(lambda: business.endpoints.health()[0].failures_in_a_row > failures)


def _told(received: list[Received]) -> dict[str, list[tuple[str, str]]]:
    told: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for taken in received:
        told[taken.subject].append((taken.event["data"]["raised_at"], taken.state))
    return told


def _told_in_order() -> dict[str, list[tuple[str, str]]]:
    told: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for hour in range(24):
        raised_at = f"2024-06-23T{hour:02d}:00:00.000Z"
        told[SUBJECTS[hour % 6]] += [(raised_at, "firing"), (raised_at, "resolved")]
    return told
