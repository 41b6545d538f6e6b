"""One numbered message of a device, as it lies in its spool."""

from typing import Final

import msgspec

from city.wire.senml import Form, Measurement, Pack, encode_pack

Value = float | bool  # what a sensor says: a number, or whether something is so

# Of one message: more than a pass over all sensors brings, far less than the wire's limit.
MAX_MEASUREMENTS: Final = 1_000


class Message(msgspec.Struct, frozen=True, array_like=True):
    """seq counts up for ever on its device; boot names the start it was made in.

    synced: whether the device knew the time; where not, the measurements' times are uptime, ms
    measurements: (name, unit, time ms, value) of each
    urgent: whether it goes before others: a value was near a level
    """

    seq: int
    boot: str
    synced: bool
    measurements: list[tuple[str, str | None, int, Value]]
    urgent: bool = False

    def payload(self, uptime_now_ms: int | None, form: Form = Form.CBOR) -> bytes:
        """As it is sent. uptime_now_ms: of its boot at this sending; it is told where the message is not synced."""
        measurements = [Measurement(*one) for one in self.measurements]
        told = None if self.synced else max(0, uptime_now_ms or 0)
        return encode_pack(Pack(measurements, (), self.seq, self.boot, told), form)
