"""What Mosquitto 2.0.11 of Debian writes of those whom it refuses; tests/e2e/test_security_events.py has it live."""

from pathlib import Path

from city.security_event import SecurityKind
from megane.broker_log import CUT_BYTES, BrokerLog
from tests.support.manual_clock import ManualClock

T = "2026-11-27T04:31:35: "
REVOKED = f"{T}OpenSSL Error[0]: error:0A000086:SSL routines::certificate verify failed"


class Heard:
    def __init__(self, file: Path) -> None:
        self.told: list[tuple[SecurityKind, str]] = []
        self.file = file
        self.log = BrokerLog(file, ManualClock(), self.tell)

    def tell(self, kind: SecurityKind, device: str = "", detail: str = "") -> None:
        assert device == ""  # the broker names none
        self.told.append((kind, detail))

    def say(self, *lines: str) -> None:
        with self.file.open("a") as file:
            file.write("".join(f"{line}\n" for line in lines))


def test_the_refused_are_told_with_their_address_where_it_is_certain(tmp_path: Path) -> None:
    heard = Heard(tmp_path / "log")
    heard.say(
        f"{T}New connection from 10.0.0.1:1 on port 8883.",
        f"{T}New client connected from 10.0.0.1:1 as rpi-toba (p2, c1, k30, u'rpi-toba').",
        f"{T}New connection from 10.0.0.2:2 on port 8883.",
        REVOKED,
        f"{T}Client <unknown> disconnected: Protocol error.",
        f"{T}New connection from 10.0.0.3:3 on port 8883.",
        f"{T}New connection from 10.0.0.4:4 on port 8883.",
        f"{T}OpenSSL Error[0]: error:0A0000C7:SSL routines::peer did not return a certificate",
        f"{T}Client connection from 10.0.0.4 failed: error:0A00010B:SSL routines::wrong version number.",
        "\udcff rubbish".encode(errors="surrogateescape").decode(errors="replace"),
    )
    heard.log.look()
    kinds = [kind for kind, _ in heard.told]
    assert kinds == [
        SecurityKind.CERTIFICATE_REFUSED,
        SecurityKind.CERTIFICATE_MISSING,
        SecurityKind.HANDSHAKE_FAILED,
    ]
    details = [detail for _, detail in heard.told]
    assert details[0].startswith("10.0.0.2: ")
    assert "not known" in details[1]
    assert details[2].startswith("10.0.0.4: ")


def test_what_was_there_before_is_not_told_again_and_half_a_line_waits(tmp_path: Path) -> None:
    file = tmp_path / "log"
    file.write_text(REVOKED + "\n")
    heard = Heard(file)
    heard.log.look()
    with file.open("a") as more:
        more.write(REVOKED[:40])
    heard.log.look()
    assert heard.told == []
    heard.say(REVOKED[40:])
    heard.log.look()
    assert len(heard.told) == 1


def test_a_log_that_is_read_is_cut_and_one_that_was_cut_or_is_gone_harms_nothing(tmp_path: Path) -> None:
    file = tmp_path / "log"
    heard = Heard(file)
    with file.open("a") as broker:  # it appends, whatever is done to the file
        broker.write("x\n" * (CUT_BYTES // 2))
        broker.flush()
        while file.stat().st_size:
            heard.log.look()
        broker.write(REVOKED + "\n")
        broker.flush()
        heard.log.look()
    assert len(heard.told) == 1
    file.unlink()
    heard.log.look()
    heard.say(REVOKED)
    heard.log.look()
    assert len(heard.told) == 2
