"""What is fuzzed: whatever bytes come, only the project's own errors are raised, and soon.

Each target takes bytes and returns; anything but its own errors is a finding. Run by tests/fuzz/run.py.
"""

import contextlib
from collections.abc import Callable, Mapping
from typing import Final

import numpy as np

from alerts.engine import Engine
from alerts.expression_text import read_condition, read_expression
from alerts.rule_file import read_rules
from alerts.snapshot import BrokenSnapshotError
from alerts.tokens import MAX_DURATION_MS, Fault
from city.delivery import Delivery
from city.entry import BatchEntry, CaughtUpEntry, Entry, StartEntry, TickEntry
from city.errors import MistakesError, UserError
from city.messages.text import Lang
from city.reading import ReadingBatch
from city.rule import Rule
from city.wire.errors import WireError
from city.wire.senml import MAX_RECORDS
from city.wire.topic import Kind, Topic
from ingest.catalog_draft import draft
from ingest.codecs import FOREIGN_CODECS
from ingest.codecs.senml import SenmlCodec
from ingest.message import Message
from tests.support.other_devices import SENSOR_TOPIC, UPLINK_TOPIC, catalog, dbirth, nbirth, topic
from tests.support.rule_city import T0, gauge, rule_text, town

CITY: Final = town([gauge("alpha"), gauge("beta", delay_ms=0, levels={}), gauge("gamma", registered_ms=0)])
OTHERS: Final = catalog()
_OWN: Final = Topic("megane", "sabae", "field", Kind.UP)
_TOPICS: Final = (
    str(_OWN),
    "farm/12",
    "farm/13",
    UPLINK_TOPIC,
    SENSOR_TOPIC,
    "tele/hall/probe/SENSOR",
    topic("NBIRTH"),
    topic("NDATA"),
    topic("NDEATH"),
    topic("DDATA", "Pibrella"),
)
MOST: Final = 64  # readings of one entry: what is to be found is in their order, not in their number


def expression(data: bytes) -> None:
    """Any text as an expression: read, or a fault that names a column of it."""
    text = data.decode(errors="replace")
    found = read_expression(text)
    if isinstance(found, Fault):
        assert 1 <= found.column <= len(text) + 1


def rule_file(data: bytes) -> None:
    """Any text as a file of rules: read, or mistakes that can be told in both languages."""
    text = data.decode(errors="replace")
    try:
        found = read_rules({"rules/fuzzed.yaml": text}, CITY)
    except MistakesError as error:
        _told(error)
        return
    for warning in found.warnings:
        warning.text(Lang.JA)


def engine(data: bytes) -> None:
    """A rule out of the bytes' first half where they are one, else a plain one; the rest is a journal of any order."""
    half = len(data) // 3
    text = data[:half].decode(errors="replace")
    condition = "last() >= 5" if isinstance(read_condition(text), Fault) or "'" in text or "\n" in text else text
    machine = Engine("town", CITY, [_rule(condition, data)])
    clock_ms = T0
    for position, portion in enumerate(_portions(data[half:]), start=1):
        clock_ms += int.from_bytes(portion[:4], "little") % MAX_DURATION_MS
        machine.step(_entry(position, clock_ms, portion))
    again = Engine.restore(machine.snapshot(), CITY, machine.rules)
    assert again.open_alerts() == machine.open_alerts()


def snapshot(data: bytes) -> None:
    """Any bytes as a snapshot."""
    try:
        Engine.restore(data, CITY, ())
    except BrokenSnapshotError as error:
        _told(error)


def _told(error: UserError) -> None:
    """Its words are there in both languages, with all that they name."""
    error.text(Lang.JA)
    error.text(Lang.EN)


def _rule(condition: str, data: bytes) -> Rule:
    durations = ("0", "1s", "90s", "10m", "30d")
    keys = {
        "raise": condition,
        "for": durations[data[0] % 5] if data else "0",
        "hold": durations[data[-1] % 5] if data else "0",
        "no_data": "10m",
        "quality": "any",
    }
    try:
        [rule] = read_rules({"rules/fuzzed.yaml": rule_text(**keys)}, CITY).rules
    except MistakesError:  # a condition that this city has no sensors for
        [rule] = read_rules({"rules/fuzzed.yaml": rule_text()}, CITY).rules
    return rule


def _portions(data: bytes) -> list[bytes]:
    """Entries enough for what is raised to be cleared and raised again."""
    size, most = 24, 16
    return [data[k : k + size] for k in range(0, min(len(data), size * most), size)]


def _entry(position: int, clock_ms: int, portion: bytes) -> Entry:
    kind = portion[0] % 8
    if kind == 0:
        return TickEntry(position, clock_ms)
    if kind == 1:
        return StartEntry(position, clock_ms)
    if kind == 2:
        return CaughtUpEntry(position, clock_ms)
    seeds = np.frombuffer(portion, np.uint8)[:MOST]
    n = len(seeds)
    with np.errstate(all="ignore"):
        wild = np.frombuffer((portion * 8)[: 8 * n], np.float64)
    values = np.where(np.isfinite(wild) & (kind > 4), wild, seeds / 16.0)
    times = np.sort(clock_ms + (seeds.astype(np.int64) - 128) * 10_000)
    quality = ((seeds >> 4) & 15).astype(np.uint8)
    return BatchEntry(position, clock_ms, ReadingBatch((seeds % 3).astype(np.int32), times, values, quality))


def payload(data: bytes) -> None:
    """Any bytes under a topic of each form that the city hears: what a codec makes of it can be journaled and shown."""
    kind, octets = _TOPICS[data[0] % len(_TOPICS)] if data else _TOPICS[0], data[1:]
    taken = Delivery(kind, octets, T0, lambda: None)
    if kind == str(_OWN):
        _sound(SenmlCodec(OTHERS).decode(_OWN, taken))
        return
    for codec in (make(OTHERS) for make in FOREIGN_CODECS.values()):
        if codec.claims(kind):
            _sound(codec.decode(taken).message)
            if codec.claims(topic("NBIRTH")):  # a node that was not born yet, and one that was
                codec.decode(Delivery(topic("NBIRTH"), nbirth(), T0, lambda: None))
                codec.decode(Delivery(topic("DBIRTH", "Pibrella"), dbirth(), T0, lambda: None))
                _sound(codec.decode(taken).message)
            with contextlib.suppress(WireError):
                draft("x", codec.sender(kind), [one for one in codec.samples(octets) if one.showable], ()).encode()


def _sound(message: Message) -> None:
    assert len(message.series) == len(message.time) == len(message.value) <= MAX_RECORDS
    np.array(message.time, np.int64)
    assert np.isfinite(np.array(message.value, np.float64)).all()
    for reject in message.rejects:
        assert reject.count > 0
        reject.detail.encode()  # SQLite takes no half of a character


TARGETS: Final[Mapping[str, Callable[[bytes], None]]] = {
    "expression": expression,
    "rule_file": rule_file,
    "engine": engine,
    "snapshot": snapshot,
    "payload": payload,
}
