"""`megane provision …`, and what its commands take."""

from collections.abc import Callable, Mapping
from typing import Final

from megane.commands.device import Device
from megane.commands.options import Home, Json, language


def provision_code(device: Device, home: Home = None, json_output: Json = False) -> None:
    """Makes a code for a device."""
    from megane.provision import run_code

    run_code(home, device, as_json=json_output, lang=language())


def provision_revoke(device: Device, home: Home = None, json_output: Json = False) -> None:
    """Revokes a device's certificates."""
    from megane.provision import run_revoke

    run_revoke(home, device, as_json=json_output, lang=language())


def provision_list(home: Home = None, json_output: Json = False) -> None:
    """Lists certificates."""
    from megane.provision import run_list

    run_list(home, as_json=json_output, lang=language())


PROVISION_COMMANDS: Final[Mapping[str, Callable[..., None]]] = {
    "code": provision_code,
    "revoke": provision_revoke,
    "list": provision_list,
}
