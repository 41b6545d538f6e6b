"""A device that says 5 and then 5.0 speaks of one thing: from the message to the alert."""

import json
from collections.abc import Callable, Sequence

import cbor2
import numpy as np
import pytest

from alerts.engine import Engine
from city.delivery import Delivery
from city.entry import BatchEntry
from city.wire.topic import Kind, Topic
from ingest.codecs.senml import SenmlCodec
from ingest.frontier import Frontier
from ingest.validation import Validation
from tests.support.rule_city import MINUTE, T0, gauge, rule, told, town

CITY = town([gauge("toba")])
UP = Topic("megane", "town", "toba", Kind.UP)
LEVELS = (4, 5, 5.0, 6, 5.5, 4.0, 4)


@pytest.mark.parametrize("encode", [lambda pack: json.dumps(pack).encode(), cbor2.dumps], ids=["json", "cbor"])
@pytest.mark.parametrize("mixed", [LEVELS, [float(v) for v in LEVELS]], ids=["mixed", "floats"])
def test_integer_and_float_of_the_same_attribute_make_one_alert(
    encode: Callable[[object], bytes], mixed: Sequence[float]
) -> None:
    codec, engine = SenmlCodec(CITY), Engine("town", CITY, [rule()])
    validation = Validation(CITY, Frontier([sensor.key for sensor in CITY.sensors]))
    events = []
    for position, value in enumerate(mixed, 1):
        at_ms = T0 + position * MINUTE
        pack = [{"n": "water_level", "u": "m", "t": at_ms / 1000, "v": value}]
        message = codec.decode(UP, Delivery(str(UP), encode(pack), at_ms, lambda: None))
        assert message.rejects == ()
        batch = validation.flag(
            np.array(message.series, np.int32),
            np.array(message.time, np.int64),
            np.array(message.value, np.float64),
            np.zeros(1, np.uint8),
        )
        events += engine.step(BatchEntry(position, at_ms, batch))
    assert told(events) == [("high", "firing", 2 * MINUTE), ("high", "resolved", 6 * MINUTE)]
