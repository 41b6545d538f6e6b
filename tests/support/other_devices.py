"""A catalog with a device of each form that is none of ours, and payloads as the forms' own documents give them."""

import json
from collections.abc import Mapping
from typing import Final

from city.catalog import Catalog
from city.catalog_file import load_catalog
from city.delivery import Delivery
from city.quarantine import Quarantined, Reason
from ingest.codecs.sparkplug_payload import Metric, Payload, encode_payload
from ingest.heard import Heard
from ingest.ports import ForeignCodec

NOW_MS: Final = 1_719_187_200_000  # 2024-06-24 09:00 in Japan

CITY: Final = """\
city: {id: sabae, title: {ja: 鯖江市, en: Sabae}, outline: [[35.9, 136.1], [36.0, 136.1], [36.0, 136.3]]}
zones: [{id: sabae, title: {ja: 鯖江, en: Sabae}}]
areas: [{id: shinmyo, title: {ja: 神明, en: Shinmyo}, zone: sabae}]
departments: [{id: doboku, title: {ja: 土木課, en: Works}}]
sites: [{id: toba, title: {ja: 鳥羽, en: Toba}, area: shinmyo, latitude: 35.98, longitude: 136.19}]
"""
OTHERS: Final = """\
devices:
  - id: field
    site: toba
    owner: doboku
    speaks: {chirpstack: {dev_eui: "0101010101010101"}}
    sensors:
      soil_moisture: {at: soil.water, unit: /100}
      battery_voltage: {at: battery, unit: mV}
      gate: {quantity: on_off, at: open}
  - id: farm
    site: toba
    owner: doboku
    speaks: {json: {topic: farm/12, time: {at: meta.ts, form: s}}}
    sensors:
      water_level: {at: [levels, 0, a.b], unit: cm}
      gate: {quantity: on_off, at: gate}
  - id: barn
    site: toba
    owner: doboku
    speaks: {json: {topic: farm/13}}
    sensors: {water_level: {at: level, unit: m}}
  - id: pi
    site: toba
    owner: doboku
    speaks: {sparkplug: {group: Sparkplug B Devices, node: Raspberry Pi}}
    sensors:
      battery_voltage: {at: Supply Voltage, unit: V}
      water_level: {at: Level, unit: cm}
  - id: pibrella
    site: toba
    owner: doboku
    speaks: {sparkplug: {group: Sparkplug B Devices, node: Raspberry Pi, device: Pibrella}}
    sensors:
      input-a: {quantity: on_off, at: Inputs/A}
      input-c: {quantity: on_off, at: Inputs/C}
  - id: plug
    site: toba
    owner: doboku
    speaks: {tasmota: {topic: tasmota_4A3D}}
    sensors:
      air_temperature: {at: AM2301.Temperature}
      humidity: {at: AM2301.Humidity, unit: "%RH"}
      switch: {quantity: on_off, at: Switch1}
  - id: probe
    site: toba
    owner: doboku
    speaks: {tasmota: {topic: hall/probe, clock: arrival}}
    sensors: {air_temperature: {at: DS18B20.Temperature, unit: Cel}}
"""

# https://www.chirpstack.io/docs/chirpstack/integrations/events.html, `up`, the example in JSON.
UPLINK: Final = {
    "deduplicationId": "3ac7e3c4-4401-4b8d-9386-a5c902f9202d",
    "time": "2022-07-18T09:34:15.775023242+00:00",
    "deviceInfo": {
        "tenantId": "52f14cd4-c6f1-4fbd-8f87-4025e1d49242",
        "tenantName": "ChirpStack",
        "applicationId": "17c82e96-be03-4f38-aef3-f83d48582d97",
        "applicationName": "Test application",
        "deviceProfileId": "14855bf7-d10d-4aee-b618-ebfcb64dc7ad",
        "deviceProfileName": "Test device-profile",
        "deviceName": "Test device",
        "devEui": "0101010101010101",
        "tags": {"key": "value"},
    },
    "devAddr": "00189440",
    "dr": 1,
    "fPort": 1,
    "data": "qg==",
    "rxInfo": [{"gatewayId": "0016c001f153a14c", "uplinkId": 4217106255, "rssi": -36, "snr": 10.5}],
    "txInfo": {"frequency": 867100000, "modulation": {"lora": {"bandwidth": 125000, "spreadingFactor": 11}}},
}
UPLINK_MS: Final = 1_658_136_855_775
UPLINK_TOPIC: Final = "application/17c82e96-be03-4f38-aef3-f83d48582d97/device/0101010101010101/event/up"

# https://tasmota.github.io/docs/AM2301/, "Sensor sends a tele/%topic%/SENSOR JSON response".
AM2301: Final = {
    "Time": "2019-01-01T00:00:00",
    "AM2301": {"Temperature": 24.6, "Humidity": 58.2},
    "TempUnit": "C",
}
AM2301_MS: Final = 1_546_268_400_000  # of that time in Japan
SENSOR_TOPIC: Final = "tele/tasmota_4A3D/SENSOR"

# Eclipse Sparkplug 3.0, section 6.4.16 to 6.4.22: the messages of the node `Raspberry Pi` and the device `Pibrella`.
SPARKPLUG_MS: Final = 1_486_144_502_122
INT32, INT64, UINT64, FLOAT, BOOLEAN, STRING = 3, 4, 8, 9, 11, 12
NODE: Final = "spBv1.0/Sparkplug B Devices/{kind}/Raspberry Pi"
VOLTAGE, LEVEL, INPUT_A, INPUT_C = 1, 2, 10, 11  # aliases, as section 6.4.6 has them


def topic(kind: str, device: str = "") -> str:
    return NODE.format(kind=kind) + (f"/{device}" if device else "")


def sparkplug(seq: int | None, *metrics: Metric) -> bytes:
    return encode_payload(Payload(timestamp_ms=SPARKPLUG_MS, seq=seq, metrics=metrics))


def nbirth(bd_seq: int = 0, seq: int = 0, voltage: int = VOLTAGE, level: int = LEVEL) -> bytes:
    return sparkplug(
        seq,
        Metric(name="bdSeq", timestamp_ms=SPARKPLUG_MS, datatype=INT64, whole=bd_seq),
        Metric(name="Node Control/Rebirth", timestamp_ms=SPARKPLUG_MS, datatype=BOOLEAN, flag=False),
        Metric(name="Properties/OS", timestamp_ms=SPARKPLUG_MS, datatype=STRING),
        Metric(name="Supply Voltage", alias=voltage, timestamp_ms=SPARKPLUG_MS, datatype=FLOAT, real=12.1),
        Metric(name="Level", alias=level, timestamp_ms=SPARKPLUG_MS, datatype=INT32, is_null=True),
    )


def ndeath(bd_seq: int = 0) -> bytes:
    return sparkplug(None, Metric(name="bdSeq", timestamp_ms=SPARKPLUG_MS, datatype=UINT64, whole=bd_seq))


def dbirth(seq: int = 1) -> bytes:
    return sparkplug(
        seq,
        Metric(name="Inputs/A", alias=INPUT_A, timestamp_ms=SPARKPLUG_MS, datatype=BOOLEAN, flag=False),
        Metric(name="Inputs/C", alias=INPUT_C, timestamp_ms=SPARKPLUG_MS, datatype=BOOLEAN, flag=False),
    )


def catalog(others: str = OTHERS) -> Catalog:
    return load_catalog({"catalog/city.yaml": CITY, "catalog/others.yaml": others}, "megane")


def delivery(
    under: str, payload: object, *, retained: bool = False, arrived_ms: int = NOW_MS, again: bool = False
) -> Delivery:
    """A message; what is no text or bytes is sent as JSON. again: it comes from the quarantine."""
    text = payload if isinstance(payload, str) else "" if isinstance(payload, bytes) else json.dumps(payload)
    octets = payload if isinstance(payload, bytes) else text.encode()
    piece = Quarantined(under, octets, len(octets), "", arrived_ms, Reason.NO_BIRTH, 1, "") if again else None
    return Delivery(under, octets, arrived_ms, lambda: None, retained, piece)


class Ear:
    """A codec over a catalog: what it hears, in words."""

    def __init__(self, codec: ForeignCodec, over: Catalog) -> None:
        self.codec = codec
        self._keys = [sensor.key for sensor in over.sensors]

    def hear(
        self, under: str, payload: object, *, retained: bool = False, arrived_ms: int = NOW_MS, again: bool = False
    ) -> Heard:
        assert self.codec.claims(under)
        return self.codec.decode(delivery(under, payload, retained=retained, arrived_ms=arrived_ms, again=again))

    def readings(self, heard: Heard) -> Mapping[str, list[tuple[int, float]]]:
        """By `device:sensor`: times and values."""
        found: dict[str, list[tuple[int, float]]] = {}
        message = heard.message
        for series, time, value in zip(message.series, message.time, message.value, strict=True):
            found.setdefault(str(self._keys[series]), []).append((time, value))
        return found


def rejected(heard: Heard) -> list[tuple[Reason, int]]:
    return [(reject.reason, reject.count) for reject in heard.message.rejects]
