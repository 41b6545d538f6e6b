"""What fuzzing begins with: expressions and rules that people wrote, and what once was found."""

import json
from pathlib import Path

from alerts.engine import Engine
from alerts.functions import FUNCTIONS
from ingest.codecs.sparkplug_payload import Metric
from tests.fuzz.targets import CITY
from tests.support.other_devices import AM2301, UPLINK, dbirth, nbirth, ndeath, sparkplug
from tests.support.rule_city import rule_text

SABAE = Path(__file__).parents[2] / "cities" / "sabae" / "rules"


def seeds(target: str) -> list[bytes]:
    """Inputs of a target."""
    expressions = [example.expression for function in FUNCTIONS.values() for example in function.examples]
    conditions = [f"{text} >= 5 and not (last() < level('caution') or age() > 2)" for text in expressions]
    match target:
        case "expression":
            return [text.encode() for text in (*expressions, *conditions)]
        case "rule_file":
            written = [file.read_bytes()[:4_096] for file in sorted(SABAE.glob("*.yaml"))]
            return [*written, *(rule_text(raise_=f"{text} > 1").encode() for text in expressions)]
        case "engine":
            return [text.encode().ljust(120, b" ") + bytes(range(240)) for text in conditions]
        case "snapshot":
            return [Engine("town", CITY, ()).snapshot()]
        case "payload":
            return _payloads()
        case _:
            raise AssertionError(target)


def _payloads() -> list[bytes]:
    """One of each form; the first byte chooses the topic (targets.py)."""
    pack = [{"bn": "field:", "bt": 1_719_187_200, "n": "gate", "u": "/", "v": 1}, {"n": "x", "t": -5, "vb": True}]
    record = {"levels": [{"a.b": 250}], "meta": {"ts": 1_719_187_000}, "gate": True}
    uplink = {**UPLINK, "object": {"soil": {"water": 31.5}, "battery": "3600", "open": False}}
    data = sparkplug(2, Metric(alias=1, real=12.5), Metric(alias=2, whole=2**32 - 3), Metric(alias=10, flag=True))
    of_json = [pack, record, [record, {"level": 2}], uplink, AM2301, {**AM2301, "Switch1": "ON", "TempUnit": "F"}]
    payloads = [*(json.dumps(one).encode() for one in of_json), nbirth(), data, ndeath(), dbirth()]
    return [bytes((number,)) + payload for number, payload in enumerate(payloads)]
