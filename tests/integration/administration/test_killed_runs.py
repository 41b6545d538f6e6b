"""kill -9 at the boundaries of every kind of step, and in between: a run ends as if nothing had been."""

import random
from pathlib import Path

import sqlalchemy as sa

from tests.support.business import business_database
from tests.support.killed_runs import differences, killed, undisturbed
from tests.support.whole_playbook import BOUNDARIES


async def test_a_run_whose_city_is_killed_at_every_step_ends_like_an_undisturbed_one(
    place: Path | sa.URL, tmp_path: Path
) -> None:
    business_database(tmp_path / "calm.sqlite").dispose()
    calm = await undisturbed(tmp_path / "calm.sqlite", tmp_path / "calm-over")
    found = await killed(place, tmp_path / "over", random.Random(20261127))
    assert differences(found, calm) == []
    assert found.kills >= 2 * len(BOUNDARIES)
    assert [case.rpartition("-")[2] for case in calm.cases] == ["1", "2", "3"]
