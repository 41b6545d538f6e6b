"""Where a city's state lies: every path under its home folder."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from city.errors import UserError

# The API for the commands beside a running city. Its name stands here, so that they need not load the server for it.
SOCKET_NAME: Final = "megane.sock"


class HomeError(UserError):
    """The home folder cannot be made or written."""


@dataclass(frozen=True, slots=True)
class CityHome:
    """The home folder, absolute."""

    folder: Path

    @classmethod
    def make(cls, folder: Path) -> "CityHome":
        """The home, its folder made where it is not there. Raises HomeError."""
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as e:
            raise HomeError("megane.home-unusable", folder=str(folder), problem=e.strerror or str(e)) from e
        return cls(folder.resolve())

    @property
    def journal(self) -> Path:
        """What arrived."""
        return self.folder / "journal.sqlite"

    @property
    def database(self) -> Path:
        """Alert events, incidents, runs, steps, attempts."""
        return self.folder / "city.sqlite"

    @property
    def store(self) -> Path:
        """The store's own folder."""
        return self.folder / "store"

    @property
    def authority(self) -> Path:
        """The certificate authority, and codes."""
        return self.folder / "authority"

    @property
    def subscriptions(self) -> Path:
        """What the session at the broker was ever subscribed to beyond the city's own topics."""
        return self.folder / "subscriptions.json"

    @property
    def broker(self) -> Path:
        """Mosquitto's folder: configuration, queue, log, pid file."""
        return self.folder / "mosquitto"
