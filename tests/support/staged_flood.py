"""A flood on its way through a playbook, with everything that a page of it may have to show."""

from dataclasses import replace
from typing import Final

import sqlalchemy as sa

from administration.playbook import load_playbook
from administration.tables import DeliveryState, delivery
from city.run import Report
from tests.support.alert_events import alert_event
from tests.support.manual_clock import ManualClock
from tests.support.shown_city import NOW_MS, TOBA, ShownCity

MINUTE_MS: Final = 60_000
KITANAKA: Final = "rpi-kitanaka:water_level"
STAGED: Final = """\
id: staged
title: {ja: 避難指示の準備, en: Prepare evacuation}
group: {by: [river], window: 30m}
steps:
  - webhook: {to: [bosai, doboku]}
  - case: {section: bosai, title: "{incident.title}", due: 15m, checklist: [避難所開設, 要支援者への連絡]}
  - branch:
      when: {severity: 4}
      then: [notify: {to: [shobodan-mail], text: "{incident.title}(重大度 {incident.severity}) 詰所へ"}]
      else: [wait: {for: 30m}]
  - command: {device: rpi-toba, set: {message: 通行止}, acts_alone: true, undo_on_resolve: true, undo: {message: off}}
  - approve:
      role: mayor
      deputy: [cio]
      within: 10m
      question: "避難指示を発令しますか({incident.title}、重大度 {incident.severity})"
      on_reject: [notify: {to: [bosai-mail], text: 避難指示は見送り}]
      on_expire: [webhook: {to: [suido]}]
  - wait: {for: 10m}
on_resolve:
  - close_case: {reason: 警報が解除されたため}
"""


def put_playbook(city: ShownCity) -> None:
    """The rule of the flood's alerts starts it."""
    book = load_playbook(STAGED, "staged.yaml")
    city.playbooks[book.id] = book
    city.rules = {**city.rules, "river-danger": replace(city.rules["river-danger"], playbook=book.id)}
    city.put_in_force()


def stage(city: ShownCity, minutes: float = 6) -> str:
    """The alert fires so long ago; a sign does not answer, the mayor is asked. Gives the incident."""
    put_playbook(city)
    raised_ms = NOW_MS - round(minutes * MINUTE_MS)
    city.clock = ManualClock(raised_ms + 20_000)
    city.happen(alert_event(TOBA, raised_ms=raised_ms, late_ms=5_000))
    city.pass_until(NOW_MS - MINUTE_MS)
    city.happen(alert_event(KITANAKA, raised_ms=NOW_MS - 2 * MINUTE_MS, late_ms=5_000))
    city.pass_until(NOW_MS)
    with city.database.begin() as connection:
        for endpoint, state in (("bosai", DeliveryState.DONE), ("notify:shobodan-mail", DeliveryState.DEAD)):
            values = {"state": state, "attempts": 1, "ended_ms": NOW_MS - 5 * MINUTE_MS}
            connection.execute(delivery.update().where(delivery.c.endpoint == endpoint).values(values))
        tried = sa.and_(delivery.c.endpoint == "doboku", delivery.c.state == DeliveryState.WAITING)
        connection.execute(delivery.update().where(tried).values(attempts=4))
    (asked,) = city.incidents.asked()
    return asked.incident


def start_drill(city: ShownCity, by: str, title: str = "大雨の想定") -> str:
    """Somebody starts it as an exercise. Gives the incident."""
    return city.runs.start(Report("staged", title, "bosai", 4, "年次訓練", drill=True), by, "drill")
