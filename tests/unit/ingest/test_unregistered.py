"""Who is told to be heard and not registered, and whether the draft for the catalog is one."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from city.catalog_file import load_catalog
from city.errors import MistakesError
from city.messages.text import Lang
from city.speech import Chirpstack, PlainJson, Sparkplug, Speech, Tasmota
from ingest.catalog_draft import Sample, draft
from ingest.codecs import FOREIGN_CODECS
from ingest.codecs.sparkplug_payload import Metric
from ingest.journal.reader import Reader
from ingest.unregistered import MOST_DEVICES, MOST_SAMPLES, Unregistered, UnregisteredDevices
from tests.support.ingester import ROOT, Ingester, ingester, running
from tests.support.manual_clock import ManualClock
from tests.support.other_devices import (
    AM2301,
    BOOLEAN,
    CITY,
    NOW_MS,
    UPLINK,
    catalog,
    nbirth,
    sparkplug,
    topic,
)

CATALOG = catalog()
STRANGER = "application/1/device/a84041fc4188657a/event/up"


@pytest.fixture
def heard(path: Path) -> Callable[[Ingester], list[Unregistered]]:
    def told(city: Ingester) -> list[Unregistered]:
        codecs = [codec(CATALOG) for codec in FOREIGN_CODECS.values()]
        return list(UnregisteredDevices(Reader(path), ROOT, lambda: city.catalog, codecs).all())

    return told


async def test_strangers_are_told_by_name_with_what_they_send(
    path: Path, heard: Callable[[Ingester], list[Unregistered]]
) -> None:
    clock = ManualClock(NOW_MS)
    async with running(ingester(path, CATALOG, clock)) as city:
        uplink = {**UPLINK, "object": {"soil": {"water": 31.5, "ok": True}}}
        city.deliver(STRANGER, json.dumps(uplink), NOW_MS - 5_000)
        city.deliver(STRANGER.replace("/1/", "/2/"), json.dumps(uplink), NOW_MS - 9_000)
        city.deliver("tele/hall/roof/SENSOR", json.dumps(AM2301), NOW_MS - 4_000)
        birth = nbirth()
        city.deliver("spBv1.0/Water/NBIRTH/Pump 3", birth, NOW_MS - 3_000)
        city.deliver("spBv1.0/Water/NDATA/Pump 3", sparkplug(1, Metric(alias=1, real=2.0)), NOW_MS - 1_000)
        camera = sparkplug(2, Metric(name="Lit", alias=3, datatype=BOOLEAN, flag=True))
        city.deliver(topic("DBIRTH", "Camera"), camera, NOW_MS - 2_000)
        city.deliver(f"{ROOT}/sabae/ghost/up", '[{"n":"ghost:level","u":"cm","v":12}]', NOW_MS)
        # Known to the catalog, or of nobody: none of these is a stranger.
        city.deliver(f"{ROOT}/sabae/field/up", '[{"n":"other","u":"cm","v":12}]')
        city.deliver("farm/13", "{}")
        city.deliver("elsewhere", "{}")
        await city.settled(10)

        found = heard(city)
        assert [(one.form, one.name, one.pieces) for one in found] == [
            ("senml", "ghost", 1),
            ("sparkplug", "Water/Pump 3", 2),
            ("sparkplug", "Sparkplug B Devices/Raspberry Pi/Camera", 1),
            ("tasmota", "hall/roof", 1),
            ("chirpstack", "a84041fc4188657a", 2),
        ]
        ghost, pump, _, roof, field = found
        assert (field.first_ms, field.last_ms) == (NOW_MS - 9_000, NOW_MS - 5_000)
        assert field.samples == [Sample(("soil", "water"), 31.5), Sample(("soil", "ok"), value=True)]
        assert ghost.samples == [Sample(("level",), 12.0, "cm")]
        assert [sample.at for sample in roof.samples] == [("AM2301", "Temperature"), ("AM2301", "Humidity")]
        assert [sample.at for sample in pump.samples] == [("Supply Voltage",), ("Level",)]
        assert "speaks" not in ghost.draft


async def test_the_list_is_bounded_whatever_they_send(
    path: Path, heard: Callable[[Ingester], list[Unregistered]]
) -> None:
    async with running(ingester(path, CATALOG, ManualClock(NOW_MS))) as city:
        wild = json.dumps({"object": {f"k{n}": n for n in range(100)} | {"x" * 9_999: 1, "a\nb": 2}})
        for number in range(MOST_DEVICES + 5):
            city.deliver(f"application/1/device/{number:016x}/event/up", wild, NOW_MS + number)
        city.deliver(f"{ROOT}/sabae/ghost/up", b"\xff")
        await city.settled(MOST_DEVICES + 6)
        found = heard(city)
        assert len(found) == MOST_DEVICES
        assert found[0].name == f"{MOST_DEVICES + 4:016x}"
        assert all(len(one.samples) <= MOST_SAMPLES for one in found)
        assert max(len(one.draft) for one in found) < 5_000


SAMPLES = [
    Sample(("AM2301", "Temperature"), 24.6),
    Sample(("AM2301", "dew.point"), 2.0),
    Sample(("humidity",), 58.2, "%RH"),
    Sample(("humidity",), value=True),
    Sample(("気温",), None),
]


@pytest.mark.parametrize(
    "speech",
    [None, Chirpstack("a84041fc4188657a"), Tasmota("a/b", None), Sparkplug("G", 'N "1"', "D"), PlainJson("a: b")],
    ids=lambda speech: type(speech).__name__,
)
def test_a_draft_asks_only_what_it_cannot_know(speech: Speech | None) -> None:
    text = draft("School Roof 1", speech, SAMPLES, {"school-roof-1"})
    files = {"catalog/city.yaml": CITY, "catalog/draft.yaml": text}
    with pytest.raises(MistakesError) as caught:
        load_catalog(files, "megane")
    assert {mistake.key for mistake in caught.value.mistakes} <= {
        "city.unknown_name",
        "city.unknown_name_near",
        "city.need_choice",
        "city.no_unit",
        "city.no_owner",
    }
    for mistake in caught.value.mistakes:
        mistake.text(Lang.JA)
    answered = text.replace('site: "?"', "site: toba").replace('owner: "?"', "owner: doboku")
    answered = answered.replace('quantity: "?"', "quantity: on_off").replace('unit: "?"', "unit: /")
    answered = answered.replace("humidity: {", "humidity: {quantity: on_off, ").replace('unit: "%RH"', "unit: /")
    loaded = load_catalog({**files, "catalog/draft.yaml": answered}, "megane")
    [device] = loaded.devices.values()
    assert device.id == "school-roof-1-2"
    places = [sensor.at for sensor in loaded.sensors if sensor.at]
    assert len(places) == (0 if speech is None else len(SAMPLES))
