import pytest

from city.errors import Mistake
from city.quarantine import Reason
from city.section import file_section
from city.wire.errors import WireError
from city.wire.senml import Form, Measurement, Pack, decode_pack, encode_pack
from firmware_sim.faults import FAULTS
from firmware_sim.faults.clock_unsynced import ClockUnsynced
from firmware_sim.faults.clock_wrong import ClockWrong
from firmware_sim.faults.disorder import Disorder
from firmware_sim.faults.drift import Drift
from firmware_sim.faults.dropout import Dropout
from firmware_sim.faults.duplicate import Duplicate
from firmware_sim.faults.fault import Fault, FaultKind, Period, Reach
from firmware_sim.faults.nonsense import Nonsense, NonsenseSent
from firmware_sim.faults.outage import Outage
from firmware_sim.faults.rubbish import TEXTS, Rubbish
from firmware_sim.faults.spike import Spike
from firmware_sim.faults.stuck import Stuck
from firmware_sim.firmware import Firmware, Output
from tests.support.small_scenario import ALWAYS, SAMPLING_MS, START_MS, gauges, scenario_of

HERE = frozenset({"water_level"})
LATER = Period(START_MS + 10 * SAMPLING_MS, START_MS + 20 * SAMPLING_MS)


def run(*faults: Fault, rounds: int = 30) -> list[tuple[int, Output]]:
    plan = scenario_of(gauges(1), {"gauge-0000": faults}).devices[0]
    firmware = Firmware(plan, START_MS, SAMPLING_MS)
    times = [START_MS + k * SAMPLING_MS for k in range(rounds)]
    return [(t, firmware.sample(t)) for t in times]


def values(outputs: list[tuple[int, Output]]) -> dict[int, float]:
    return {t: float(m.measurements[0].value) for t, output in outputs for m in output.messages}


@pytest.mark.parametrize("kind", FAULTS, ids=lambda kind: kind.name)
def test_every_fault_is_documented_and_its_examples_run(kind: FaultKind) -> None:
    assert kind.title.ja
    assert kind.title.en
    assert len(kind.doc) > 60
    for example in kind.examples:
        mistakes: list[Mistake] = []
        section = file_section(example, "example.yaml", mistakes)
        fault = kind.read(section, ALWAYS)
        section.end()
        assert not mistakes
        assert fault is not None


def test_names_of_faults_are_unique() -> None:
    assert len({kind.name for kind in FAULTS}) == len(FAULTS)


def test_stuck_keeps_the_value_it_had() -> None:
    told = values(run(Stuck(LATER, HERE)))
    stuck = [value for t, value in told.items() if t in LATER]
    assert len(set(stuck)) == 1
    assert stuck[0] == pytest.approx((LATER.from_ms - START_MS) / 6e6)
    assert len(set(told.values())) > 15


def test_drift_gathers_and_ends() -> None:
    plain, told = values(run()), values(run(Drift(LATER, HERE, 6.0)))
    off = {t: told[t] - plain[t] for t in told}
    assert off[LATER.from_ms + 5 * SAMPLING_MS] == pytest.approx(0.5)
    assert all(off[t] == 0 for t in told if t not in LATER)


def test_a_spike_stands_alone() -> None:
    told = list(values(run(Spike(ALWAYS, HERE, 0.1, 50.0), rounds=200)).values())
    high = [value for value in told if value > 25]
    assert 5 < len(high) < 50
    assert all(value < 2 or value > 45 for value in told)


def test_an_outage_measures_on_and_a_dropout_does_not() -> None:
    away, off = run(Outage(LATER)), run(Dropout(LATER))
    assert all((output.reach is Reach.AWAY) == (t in LATER) for t, output in away)
    assert sum(len(output.messages) for _, output in away) == 30
    assert all((output.reach is Reach.OFF) == (t in LATER) for t, output in off)
    assert sum(len(output.messages) for _, output in off) == 20


def test_after_a_dropout_there_is_another_boot_and_numbers_go_on() -> None:
    messages = [message for _, output in run(Dropout(LATER)) for message in output.messages]
    assert len({message.boot for message in messages}) == 2
    assert [message.seq for message in messages] == list(range(1, 21))


def test_an_unsynced_device_counts_from_its_boot() -> None:
    for t, output in run(ClockUnsynced(ALWAYS)):
        (message,) = output.messages
        pack = decode_pack(message.payload(t + 5_000, Form.JSON), t)
        assert pack.uptime_now_ms == t + 5_000 - message.booted_ms
        assert pack.measurements[0].time_ms == t - message.booted_ms


def test_a_wrong_clock_is_wrong_by_the_same() -> None:
    for t, output in run(ClockWrong(ALWAYS, -1_200_000)):
        (message,) = output.messages
        assert message.measurements[0].time_ms == t - 1_200_000


def test_a_duplicate_is_the_same_message_twice() -> None:
    copies = [message.copies for _, output in run(Duplicate(ALWAYS, 0.5)) for message in output.messages]
    assert set(copies) == {1, 2}


def test_disorder_loses_nothing() -> None:
    seqs = [message.seq for _, output in run(Disorder(ALWAYS, 0.5), rounds=100) for message in output.messages]
    assert seqs != sorted(seqs)
    assert set(range(1, 100)) <= set(seqs)
    assert all(abs(seq - place) <= 1 for place, seq in enumerate(seqs, 1))


def test_of_rubbish_nothing_can_be_read() -> None:
    sent = {output.rubbish for _, output in run(Rubbish(ALWAYS, 1.0), rounds=200)}
    assert set(TEXTS) <= {payload for payload in sent if payload is not None}
    for payload in sent:
        assert payload is not None
        with pytest.raises(WireError):
            decode_pack(payload, 0)


@pytest.mark.parametrize("form", list(Form))
def test_nonsense_leaves_the_good_readings_usable(form: Form) -> None:
    for _, output in run(NonsenseSent(ALWAYS, tuple(Nonsense), "water_level", 1.0)):
        (message,) = output.messages
        pack = decode_pack(message.payload(START_MS, form), START_MS)
        assert pack.measurements[0] == message.measurements[0]
        assert len(pack.measurements) + sum(fault.count for fault in pack.faults) == 2


def test_not_a_number_is_told_as_such_in_cbor() -> None:
    pack = Pack([Measurement("water_level", None, 1, float("nan"))], (), 1, "b")
    assert decode_pack(encode_pack(pack, Form.CBOR), 0).faults[0].reason is Reason.NOT_FINITE
