"""What a device is to be: written down so that it can be read again, and in words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from city.catalog import Device, Output, OutputKind
from city.messages.text import Text
from city.output_words import read_set, set_text, set_words

LAMP = Output("lamp", Text("灯", "Lamp"), OutputKind.SWITCH, ("off", "on"))
MESSAGE = Output("message", Text("表示", "Message"), OutputKind.TEXT)
SIREN = Output("siren", Text("サイレン", "Siren"), OutputKind.SWITCH, ("off", "on"))


def device(*outputs: Output) -> Device:
    return Device("d", Text("機器", "Device"), "z", "s", outputs={one.name: one for one in outputs})


SIGN = device(LAMP, MESSAGE)


@pytest.mark.parametrize(
    ("values", "of", "ja", "en"),
    [
        ({"siren": "on"}, device(SIREN), "「入」", "“on”"),
        ({"lamp": "on", "message": "通行止"}, SIGN, "灯「入」、表示「通行止」", "Lamp “on”, Message “通行止”"),
        ({"message": ""}, SIGN, "表示「消灯」", "Message “dark”"),
        ({"gate": "open"}, SIGN, "gate=open", "gate=open"),
        ({"message": ""}, None, 'message=""', 'message=""'),
    ],
)
def test_in_words(values: dict[str, str], of: Device | None, ja: str, en: str) -> None:
    assert set_words(values, of) == Text(ja, en)


WORDS = st.text(st.characters(exclude_characters="=,\n\r"), max_size=20)


@given(st.dictionaries(st.sampled_from(["lamp", "message"]), WORDS, min_size=1))
def test_what_was_written_down_is_read_again(values: dict[str, str]) -> None:
    assert read_set(set_text(values), SIGN) == values


@pytest.mark.parametrize("text", ["gate=open", "gate=open, lamp=on", "", "lamp"])
def test_what_the_device_does_not_have_is_left_as_it_is(text: str) -> None:
    assert read_set(text, SIGN) == {}


def test_a_text_with_commas_is_one_text() -> None:
    assert read_set("message=止まれ, 通行止, lamp=on", SIGN) == {"message": "止まれ, 通行止", "lamp": "on"}
