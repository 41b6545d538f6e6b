"""A town in a storm of faults: every reading is there once, the books balance, and no alarm is missing."""

import os
import subprocess
import sys
from pathlib import Path

import msgspec

from bench.chaos.faults import SHORT
from bench.chaos.verdict import Verdict

ROOT = Path(__file__).resolve().parents[2]
SEED = 2  # every kind of fault is among its first forty seconds


def test_nothing_is_lost_and_no_alarm_is_missing_whatever_goes_wrong(tmp_path: Path) -> None:
    environment = os.environ | {"QUICK": "1", "SEED": str(SEED), "KEEP": str(tmp_path / "chaos")}
    done = subprocess.run(
        [sys.executable, "-m", "bench.chaos"], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert done.stdout, done.stderr
    verdict = msgspec.json.decode(done.stdout.splitlines()[-1], type=Verdict)
    assert verdict.holds, f"{verdict}\n{done.stderr}"
    assert done.returncode == 0
    assert verdict.seed == SEED
    assert verdict.appended > 1_000
    assert verdict.alerts > 100
    assert verdict.faults.keys() == {fault.value for fault in SHORT}
