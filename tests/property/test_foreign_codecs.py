"""What a node of Sparkplug says, in whatever order: no alias is ever taken for another metric than its birth said."""

from dataclasses import dataclass

from hypothesis import given, settings
from hypothesis import strategies as st

from city.quarantine import Reason
from ingest.codecs.sparkplug import SparkplugCodec
from ingest.codecs.sparkplug_payload import Metric
from tests.support.other_devices import FLOAT, INT32, INT64, NOW_MS, Ear, catalog, ndeath, sparkplug, topic

CATALOG = catalog()
VOLTAGE, LEVEL = "Supply Voltage", "Level"
ALIASES = st.permutations([1, 2, 3])


@dataclass(frozen=True)
class Birth:
    bd_seq: int
    aliases: list[int]  # of voltage and level; the third is nobody's


@dataclass(frozen=True)
class Data:
    seq: int
    alias: int


@dataclass(frozen=True)
class Death:
    bd_seq: int


SAID = st.lists(
    st.one_of(
        st.builds(Birth, st.integers(0, 2), ALIASES),
        st.builds(Data, st.integers(0, 255), st.integers(1, 3)),
        st.builds(Death, st.integers(0, 2)),
    ),
    max_size=25,
)


def birth(said: Birth) -> bytes:
    voltage, level, _ = said.aliases
    return sparkplug(
        0,
        Metric(name="bdSeq", datatype=INT64, whole=said.bd_seq),
        Metric(name=VOLTAGE, alias=voltage, datatype=FLOAT, real=1.0),
        Metric(name=LEVEL, alias=level, datatype=INT32, whole=100),
    )


@settings(max_examples=200, deadline=None)  # a loaded machine proves nothing
@given(SAID)
def test_an_alias_means_what_the_birth_in_force_says_or_nothing(said: list[Birth | Data | Death]) -> None:
    ear = Ear(SparkplugCodec(CATALOG), CATALOG)
    in_force: Birth | None = None
    last_seq = 0
    for one in said:
        match one:
            case Birth():
                ear.hear(topic("NBIRTH"), birth(one))
                in_force, last_seq = one, 0
            case Death(bd_seq):
                ear.hear(topic("NDEATH"), ndeath(bd_seq))
                if in_force is not None and in_force.bd_seq == bd_seq:
                    in_force = None
            case Data(seq, alias):
                real = in_force is not None and alias == in_force.aliases[0]
                metric = Metric(alias=alias, real=2.0) if real else Metric(alias=alias, whole=200)
                heard = ear.hear(topic("NDATA"), sparkplug(seq, metric))
                known = in_force is not None and alias in in_force.aliases[:2]
                key = "pi:battery_voltage" if real else "pi:water_level"
                assert list(ear.readings(heard)) == ([key] if known else [])
                assert [reject.reason for reject in heard.message.rejects] == ([] if known else [Reason.NO_BIRTH])
                in_order = in_force is not None and seq == (last_seq + 1) % 256
                assert (heard.rebirth is None) == (known and in_order)
                last_seq = seq


@settings(deadline=None)
@given(st.lists(st.tuples(st.sampled_from(["NBIRTH", "NDATA", "NDEATH"]), st.binary(max_size=60)), max_size=6))
def test_no_bytes_make_it_raise(said: list[tuple[str, bytes]]) -> None:
    ear = Ear(SparkplugCodec(CATALOG), CATALOG)
    for kind, payload in said:
        for again in (False, True):
            message = ear.hear(topic(kind), payload, arrived_ms=NOW_MS, again=again).message
            assert len(message.series) == len(message.time) == len(message.value)
