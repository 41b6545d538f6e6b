"""A message sign on a pseudo-terminal: the bytes of the frame, and what it answers."""

from collections.abc import Iterator

import pytest

from edge.drivers.driver import DriverError
from edge.outputs.output import Output, UnknownValueError
from edge.outputs.sign import SIGN, TRIES, framed
from tests.support.sign_at_wire import ACK, NAK, SignAtWire


@pytest.fixture
def sign() -> Iterator[SignAtWire]:
    with SignAtWire() as made:
        yield made


def opened(sign: SignAtWire, **options: object) -> Output:
    return SIGN.made({"port": sign.path, **options})  # type: ignore[dict-item]  # as a configuration has them


def test_the_frame_is_that_of_the_standard() -> None:
    # STX A B ETX, and 0x41 ^ 0x42 ^ 0x03 = 0x00.
    assert framed(b"AB") == b"\x02AB\x03\x00"
    assert framed("通行止".encode("shift_jis")) == bytes.fromhex("02 92CA 8D73 8E7E 03 55")
    assert framed(b"") == b"\x02\x03\x03"


def test_a_text_is_shown_and_taken_away(sign: SignAtWire) -> None:
    output = opened(sign)
    output.switch("通行止")
    output.switch(output.rest)
    assert sign.shown == ["通行止", ""]
    output.close()


def test_a_sign_that_does_not_take_it_is_asked_again_and_then_told(sign: SignAtWire) -> None:
    output = opened(sign)
    sign.answers = NAK
    with pytest.raises(DriverError, match="does not take"):
        output.switch("通行止")
    assert len(sign.frames) == TRIES
    sign.answers = ACK
    output.switch("通行止")  # the line is opened anew
    assert sign.shown == ["通行止"]
    output.close()


def test_a_sign_that_says_nothing_is_told(sign: SignAtWire, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("edge.outputs.sign.ANSWER_S", 0.05)
    sign.answers = None
    with pytest.raises(DriverError, match="does not answer"):
        opened(sign).switch("通行止")


def test_what_it_said_before_is_no_answer_and_noise_is_none_either(sign: SignAtWire) -> None:
    output = opened(sign, characters=3)
    output.switch("")
    sign.say(ACK)
    sign.answers = b"\x00\xff" + NAK
    with pytest.raises(DriverError, match="does not take"):
        output.switch("通行止")


def test_a_sign_without_a_line_back_is_believed(sign: SignAtWire) -> None:
    sign.answers = None
    output = opened(sign, answers=False)
    output.switch("通行止")
    output.close()


def test_what_it_cannot_show_is_never_sent(sign: SignAtWire) -> None:
    output = opened(sign, characters=4)
    for text, why in (("通行止です", "room for 4"), ("a\x03b", "cannot be shown"), ("한글", "not in shift_jis")):
        with pytest.raises(UnknownValueError, match=why):
            output.check(text)
    output.check("通行止")
    output.check("")


def test_a_line_that_is_not_there_is_named() -> None:
    with pytest.raises(DriverError, match="/dev/nothing"):
        SIGN.made({"port": "/dev/nothing"}).switch("a")
