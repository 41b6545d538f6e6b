"""One numbered message of a device, as it lies in its spool."""

from dataclasses import dataclass

from city.wire.senml import Form, Measurement, Pack, encode_pack


@dataclass(frozen=True, slots=True)
class Message:
    """seq counts up for ever on its device; boot names the start it was made in.

    booted_ms: true time of that start, ms since the epoch
    synced: whether the device knew the time; where not, the measurements' times are uptime
    copies: how often it is sent at its first sending
    """

    seq: int
    boot: str
    booted_ms: int
    synced: bool
    measurements: tuple[Measurement, ...]
    copies: int = 1

    def payload(self, now_ms: int, form: Form) -> bytes:
        """As it is sent at the true time `now_ms`: an unsynced device tells its uptime with each sending."""
        uptime_ms = None if self.synced else max(0, now_ms - self.booted_ms)
        return encode_pack(Pack(list(self.measurements), (), self.seq, self.boot, uptime_ms), form)
