"""What is set up on the device itself: who it is, where its broker is, where it keeps things. One TOML file.

city = "megane"                    # the first level of every topic
zone = "sabae"
device = "rpi-toba"
folder = "/var/lib/megane-edge"

[broker]
host = "broker.example.jp"
port = 8883

[tls]                              # without it: no TLS, for the loopback and for trials
authority = "/etc/megane-edge/ca.pem"
certificate = "/var/lib/megane-edge/device.pem"
key = "/var/lib/megane-edge/device.key"

[login]                            # where the broker asks for one
username = "rpi-toba"
password_file = "/etc/megane-edge/password"

[clock]
source = "kernel"                  # or "wall": right whatever the kernel says; or "none": never right
"""

from pathlib import Path
from typing import Annotated, Final, Literal

import msgspec

from city.errors import UserError
from city.wire.config import BrokerAddress
from edge.configuration import TRIAL_S
from edge.spool import LIMIT_BYTES

Level = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9_-]{1,64}$")]
_MEGABYTE: Final = 1024 * 1024


class SettingsError(UserError):
    """The settings cannot be read, or say what cannot be."""


class Tls(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Files in PEM."""

    authority: str
    certificate: str
    key: str


class Login(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """password_file: its first line."""

    username: str
    password_file: str

    def password(self) -> str:
        """Raises SettingsError where the file cannot be read."""
        try:
            return Path(self.password_file).read_text(encoding="utf-8").splitlines()[0]
        except (OSError, IndexError, UnicodeDecodeError) as error:
            raise SettingsError("edge.password", file=self.password_file, problem=str(error)) from None


class Clock(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """source: who says whether the wall clock is right.

    kernel: NTP by way of it; wall: it is, whatever the kernel says (in a container, with a real-time clock); none: it
    never is, and only satellites can say what time it is
    """

    source: Literal["kernel", "wall", "none"] = "kernel"


class SpoolSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """megabytes: what the spool may take of the disk."""

    megabytes: Annotated[float, msgspec.Meta(gt=0, le=65_536)] = LIMIT_BYTES / _MEGABYTE

    @property
    def limit_bytes(self) -> int:
        """The same in bytes."""
        return round(self.megabytes * _MEGABYTE)


class Trial(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """seconds: how long a new configuration may go without a connection before the one before it runs again."""

    seconds: Annotated[float, msgspec.Meta(gt=0)] = TRIAL_S


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All of it."""

    zone: Level
    device: Level
    folder: str
    broker: BrokerAddress
    city: Level = "megane"
    tls: Tls | None = None
    login: Login | None = None
    clock: Clock = Clock()
    spool: SpoolSettings = SpoolSettings()
    trial: Trial = Trial()


def read_settings(file: Path) -> Settings:
    """Raises SettingsError, which names the file and what is wrong in it."""
    try:
        return msgspec.toml.decode(file.read_bytes(), type=Settings)
    except (OSError, msgspec.MsgspecError, ValueError) as error:
        raise SettingsError("edge.settings", file=str(file), problem=str(error)) from None
