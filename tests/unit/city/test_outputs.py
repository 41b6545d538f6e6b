"""Outputs of devices in a catalog: what may be commanded, and what a slip is told as."""

from pathlib import Path

import pytest

from city.catalog import Catalog, Output, OutputKind
from city.catalog_file import load_catalog
from city.errors import MistakesError
from city.messages.text import Text

SABAE = Path(__file__).parents[3] / "cities" / "sabae"
CITY = """\
city: {id: sabae, title: {ja: 鯖江市, en: Sabae}, outline: [[35.9, 136.1], [36.0, 136.1], [36.0, 136.3]]}
zones: [{id: plain, title: {ja: 平野, en: Plain}}]
areas: [{id: shinmyo, title: {ja: 神明, en: Shinmyo}, zone: plain}]
departments: [{id: doboku, title: {ja: 土木課, en: Works}}]
sites: [{id: toba, title: {ja: 鳥羽, en: Toba}, area: shinmyo, latitude: 35.98, longitude: 136.19}]
devices:
  - id: gate
    site: toba
    owner: doboku
    sensors: {gate_closed: {quantity: on_off}, water_level: {unit: m}}
    outputs:
      gate: {title: {ja: 水門, en: Gate}, kind: switch, values: [open, closed], watched_by: gate_closed}
      siren: {title: {ja: サイレン, en: Siren}, kind: switch}
      message: {title: {ja: 表示板, en: Sign}, kind: text, values: [通行止, 通行注意]}
      note: {title: {ja: 欄外, en: Note}, kind: text}
"""


def load(text: str = CITY, **more: str) -> Catalog:
    return load_catalog({"catalog/city.yaml": text} | {f"catalog/{name}.csv": table for name, table in more.items()})


def test_outputs_are_what_the_files_say() -> None:
    outputs = load().devices["gate"].outputs
    assert outputs["gate"] == Output("gate", Text("水門", "Gate"), OutputKind.SWITCH, ("open", "closed"), "gate_closed")
    assert outputs["siren"].values == ("off", "on")
    assert [output.rest for output in outputs.values()] == ["open", "off", "", ""]


def test_an_output_takes_its_values_and_no_other() -> None:
    outputs = load().devices["gate"].outputs
    takes = {name: [v for v in ("closed", "on", "", "通行止", "徐行") if outputs[name].takes(v)] for name in outputs}
    assert takes == {
        "gate": ["closed"],
        "siren": ["on"],
        "message": ["", "通行止"],
        "note": ["closed", "on", "", "通行止", "徐行"],
    }


def test_a_row_of_a_register_has_the_outputs_of_its_model() -> None:
    table = "device,like,area,latitude,longitude,title_ja,title_en\ngate-2,gate,shinmyo,35.95,136.2,二号,Second\n"
    devices = load(register=table).devices
    assert devices["gate-2"].outputs == devices["gate"].outputs


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ("watched_by: gate_closed", "watched_by: gate_close", "unknown_name_near"),
        ("watched_by: gate_closed", "watched_by: water_level", "unknown_name"),
        ("values: [open, closed]", "values: [open]", "output_values"),
        ("values: [open, closed]", "values: [open, open]", "output_values"),
        ("kind: text}", "kind: txet}", "need_choice"),
        ("siren:", "Siren!:", "need_name"),
        ("title: {ja: 欄外, en: Note}, ", "", "missing"),
        ("kind: text}", "knid: text}", "missing"),
        ("    sensors: {", "    speaks: {json: {topic: a/b}}\n    sensors: {", "output_foreign"),
    ],
    ids=["near", "not-on-off", "one", "same", "kind", "name", "title", "no-kind", "foreign"],
)
def test_a_slip_is_told(old: str, new: str, key: str) -> None:
    with pytest.raises(MistakesError) as caught:
        load(CITY.replace(old, new, 1))
    assert f"city.{key}" in [mistake.key for mistake in caught.value.mistakes]


def test_sabae_has_signs_gates_a_pump_and_sirens_and_each_is_watched() -> None:
    devices = load_catalog(
        {str(p.relative_to(SABAE)): p.read_text("utf-8") for p in SABAE.glob("catalog/*.yaml")}
    ).devices
    outputs = {device.id: dict(device.outputs) for device in devices.values() if device.outputs}
    assert {id_ for id_, there in outputs.items() if "message" in there} == {
        f"rpi-under-{name}" for name in ("oguro", "hinode", "mizuochi", "yokogoshi")
    }
    assert {id_ for id_, there in outputs.items() if "gate" in there} == {"rpi-kurotsu-gate", "rpi-ishida-gate"}
    assert "pump" in outputs["rpi-pump-miyuki"]
    assert sum("siren" in there for there in outputs.values()) == 3
    assert all(output.watched_by for there in outputs.values() for output in there.values())
