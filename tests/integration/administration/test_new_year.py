"""Questions in business hours over New Year: nobody is late before somebody is there (地方自治法 4 条の 2, 祝日法)."""

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from administration.approvals import ApprovalState
from city.office_hours import after_office_hours_ms
from city.schedule import TOKYO
from tests.support.alert_events import alert_event
from tests.support.manual_clock import ManualClock
from tests.support.played_business import PlayedBusiness

HOUR_MS = 3_600_000
CHECK = """\
id: check
title: {ja: 点検, en: Check}
steps:
  - approve:
      role: section_chief
      deputy: [department_head, cio]
      within: 2h
      business_hours: true
      question: 点検を頼みますか
      on_reject: []
      on_expire: [webhook: {to: [bosai]}]
"""


def at(text: str) -> int:
    return round(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(TOKYO)).timestamp() * 1000)


@pytest.mark.parametrize(
    ("now", "hours", "then"),
    [
        ("2026-12-28 09:00", 2, "2026-12-28 11:00"),
        ("2026-12-28 16:15", 2, "2027-01-04 09:30"),  # 28 December is a Monday: closed from the 29th to 3 January
        ("2026-12-31 23:59", 2, "2027-01-04 10:30"),
        ("2027-01-04 08:30", 2, "2027-01-04 10:30"),
        ("2027-01-08 16:45", 1, "2027-01-12 09:00"),  # the 11th is 成人の日
        ("2026-05-01 17:15", 1, "2026-05-07 09:30"),  # Golden Week, the 6th in place of a Sunday
    ],
)
def test_hours_count_while_somebody_is_there(now: str, hours: int, then: str) -> None:
    assert after_office_hours_ms(at(now), hours * HOUR_MS) == at(then)


def test_a_question_of_the_old_year_climbs_in_the_new(place: Path | sa.URL) -> None:
    asked_ms = at("2026-12-29 02:10")
    clock = ManualClock(asked_ms)
    with PlayedBusiness(place, CHECK, clock) as business:
        business.happen(alert_event(raised_ms=asked_ms, late_ms=0))
        climbed = []
        for until in ("2027-01-04 10:29", "2027-01-04 10:30", "2027-01-04 12:30", "2027-01-04 14:30"):
            business.pass_until(at(until))
            asked = business.asked()
            climbed.append((until[5:], len(asked.roles), asked.state))
    assert climbed == [
        ("01-04 10:29", 1, ApprovalState.WAITING),
        ("01-04 10:30", 2, ApprovalState.WAITING),
        ("01-04 12:30", 3, ApprovalState.WAITING),
        ("01-04 14:30", 3, ApprovalState.UNANSWERED),
    ]
