import pytest

from city.quarantine import Reason
from city.wire.errors import WireError
from city.wire.topic import Kind, Topic, parse_topic


def test_a_topic_is_written_and_read() -> None:
    topic = Topic("megane", "sabae", "rpi-0123", Kind.UP)
    assert str(topic) == "megane/sabae/rpi-0123/up"
    assert parse_topic("megane/sabae/rpi-0123/up", "megane") == topic
    assert str(topic.beside(Kind.CMD_ACK)) == "megane/sabae/rpi-0123/cmd-ack"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "megane",
        "megane/sabae/rpi-0123",
        "megane/sabae/rpi-0123/up/more",
        "other/sabae/rpi-0123/up",
        "megane//rpi-0123/up",
        "megane/Sabae/rpi-0123/up",
        "megane/sabae/rpi 0123/up",
        "megane/sabae/眼鏡/up",
        "megane/sabae/rpi-0123\n/up",
        f"megane/sabae/{'d' * 65}/up",
        "megane/sabae/rpi-0123/down",
    ],
)
def test_what_is_outside_the_grammar_is_refused_with_its_reason(text: str) -> None:
    with pytest.raises(WireError) as refusal:
        parse_topic(text, "megane")
    assert refusal.value.reason is Reason.TOPIC
