"""Incidents, runs and approvals over HTTP, in a city with people in their offices."""

from collections.abc import Iterator
from typing import Any

import pytest

from administration.playbook import load_playbook
from tests.unit.api.test_admission import Staffed, staffed

FLOOD = """\
id: flood
title: {ja: 避難, en: Evacuation}
steps:
  - webhook: {to: [bosai]}
  - case: {section: bosai, title: "{incident.title}", due: 30m, checklist: [巡視]}
  - approve:
      role: mayor
      deputy: [cio]
      within: 15m
      question: "発令しますか(重大度 {incident.severity})"
      on_reject: [wait: {for: 5m}]
      on_expire: []
  - wait: {for: 10m}
on_resolve:
  - close_case: {reason: 解除}
"""


@pytest.fixture
def city(tmp_path: Any) -> Iterator[Staffed]:
    with staffed(tmp_path) as made:
        book = load_playbook(FLOOD, "flood.yaml")
        made.city.playbooks[book.id] = book
        yield made
