"""Settings: one TOML file, then the environment on top; read once, in one place, and passed on as this record.

    MEGANE_HTTP__PORT=8081 megane up        is  [http] port = 8081

A key that nobody knows is refused with its path. Secrets are never settings: settings name the files they lie in.
"""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, cast

import msgspec

from city.errors import UserError

PREFIX = "MEGANE_"
# Read by other parts under names of their own: not settings of the city.
NOT_SETTINGS = frozenset({"MEGANE_SHARED", "MEGANE_LANG"})

SABAE = Path(__file__).resolve().parent.parent / "cities" / "sabae"


class SettingsError(UserError):
    """The settings cannot be used as they are."""


class DeviceWay(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where devices come in, by TLS and certificates of the city's own.

    names: those under which devices call the broker, host names and addresses: its certificate has them
    certificate_days: how long a device's certificate is good; it renews it when a third of that is left
    """

    bind: str = "0.0.0.0"  # noqa: S104  devices are elsewhere; without a certificate nobody comes in
    port: int = 8883  # IANA's port for MQTT over TLS
    names: tuple[str, ...] = ("localhost",)
    # A device that lay in a drawer for four months still renews it by itself.
    certificate_days: Annotated[float, msgspec.Meta(gt=0, le=3_650)] = 365


class Mqtt(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The broker: a Mosquitto of our own, or one that is there already (`broker = false` and `url`).

    devices: a second way into our own, for devices with certificates; None: there is none
    users_file: who may use our own, as `mosquitto_passwd` writes it; one of them is `username`, the city itself
    """

    broker: bool = True
    bind: str = "127.0.0.1"  # reachable by nobody else until a person decides so
    port: int = 1883  # IANA's port for MQTT
    url: str | None = None
    root: str = "megane"
    users_file: str | None = None
    username: str | None = None
    password_file: str | None = None
    devices: DeviceWay | None = None


class Http(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The API and the live page."""

    bind: str = "127.0.0.1"
    port: int = 8080
    # Names under which the page may be called besides the loopback's: guards against DNS rebinding.
    allowed_hosts: tuple[str, ...] = ()


class StoreSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where readings stay: one of the kinds in `ingest/stores/`."""

    kind: str = "duckdb"
    options: dict[str, object] = {}  # of that kind, checked by it: [store.options] raw_days = 400


class DatabaseSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where business is kept: a file under the home folder, or the PostgreSQL server that `url` names.

    url: postgresql://user@host:5432/database, without a password
    workers: how many claim steps side by side; None: three on PostgreSQL, and the one that SQLite has room for
    """

    url: str | None = None
    password_file: str | None = None
    workers: Annotated[int, msgspec.Meta(ge=1, le=16)] | None = None  # 16: with two connections each, 40 of 100 at most


class Journal(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How long what arrived can be run again."""

    retention_h: int = 48  # a weekend: what went wrong on Saturday can be run again on Monday morning


class EndpointSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where an endpoint of the catalog really is, and the files with its signing secrets, the newest first."""

    url: str
    secret_files: tuple[str, ...] = ()


class HeartbeatSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Addresses outside that raise the alarm when the city falls silent."""

    urls: tuple[str, ...] = ()
    secret_files: tuple[str, ...] = ()


class ProviderSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The city's identity provider (OpenID Connect): its issuer, what we are to it, and how its button is called."""

    issuer: str
    client_id: str
    client_secret_file: str
    title: str = "OpenID Connect"


class SignInSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How people come in: by password always, and by the provider where there is one."""

    provider: ProviderSettings | None = None


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Everything that can be set. `home` holds all state; `city` is the folder with catalog, rules and playbooks.

    channels: by the name that playbooks have for it, the file with its addresses of mail or chat, as Apprise has them
    """

    home: str = "home"
    city: str = str(SABAE)
    mqtt: Mqtt = Mqtt()
    http: Http = Http()
    store: StoreSettings = StoreSettings()
    database: DatabaseSettings = DatabaseSettings()
    journal: Journal = Journal()
    endpoints: dict[str, EndpointSettings] = {}
    channels: dict[str, str] = {}
    heartbeat: HeartbeatSettings = HeartbeatSettings()
    sign_in: SignInSettings = SignInSettings()


def load_settings(file: Path | None, environment: Mapping[str, str], overrides: Mapping[str, object]) -> Settings:
    """The settings of `file` (TOML), overlaid by the environment, overlaid by `overrides` (dotted path → value).

    Relative paths in the file are taken from the file's folder. Raises SettingsError naming file and key.
    """
    tree = _read(file) if file else {}
    for name, value in environment.items():
        if name.startswith(PREFIX) and name not in NOT_SETTINGS:
            _place(tree, name.removeprefix(PREFIX).lower().split("__"), value)
    for dotted, over in overrides.items():
        if over is not None:
            _place(tree, dotted.split("."), over)
    try:
        return msgspec.convert(tree, Settings, strict=False)
    except msgspec.ValidationError as e:
        raise SettingsError("megane.settings-invalid", file=str(file or "-"), problem=str(e)) from e


def read_secret(file: str) -> str:
    """The secret that lies in `file`, without the line break at its end. Raises SettingsError naming the file."""
    try:
        return Path(file).read_text(encoding="utf-8").strip()
    except OSError as e:
        raise SettingsError("megane.secret-unreadable", file=file, problem=e.strerror or str(e)) from e
    except UnicodeDecodeError as e:
        raise SettingsError("megane.secret-unreadable", file=file, problem=str(e)) from e


def _read(file: Path) -> dict[str, object]:
    try:
        tree = cast("dict[str, object]", tomllib.loads(file.read_text(encoding="utf-8")))
    except OSError as e:
        raise SettingsError("megane.settings-unreadable", file=str(file), problem=e.strerror or str(e)) from e
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as e:
        raise SettingsError("megane.settings-invalid", file=str(file), problem=str(e)) from e
    for key in ("home", "city"):
        value = tree.get(key)
        if isinstance(value, str):
            tree[key] = str(file.parent / value)
    return tree


def _place(tree: dict[str, object], path: list[str], value: object) -> None:
    """Puts `value` at `path`, making tables on the way."""
    *above, last = path
    for step in above:
        below = tree.setdefault(step, {})
        if not isinstance(below, dict):
            below = tree[step] = {}
        tree = below
    tree[last] = value
