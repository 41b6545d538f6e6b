"""`megane device …`, and what its commands take."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Final

import typer

from megane.commands.options import Home, Json, both, language

Device = Annotated[str, typer.Argument(metavar="DEVICE", help=both("device.option-device"))]
By = Annotated[str | None, typer.Option("--by", help=both("decisions.option-by"))]


def device_list(
    unregistered: Annotated[bool, typer.Option("--unregistered", help=both("device.option-unregistered"))] = False,
    home: Home = None,
    json_output: Json = False,
) -> None:
    """Lists devices."""
    from megane.devices import run_list

    run_list(home, unregistered=unregistered, as_json=json_output, lang=language())


def device_show(device: Device, home: Home = None, json_output: Json = False) -> None:
    """Shows one device."""
    from megane.devices import run_show

    run_show(home, device, as_json=json_output, lang=language())


def device_configure(
    device: Device,
    file: Annotated[Path, typer.Argument(metavar="FILE", help=both("device.option-file"))],
    by: By = None,
    home: Home = None,
    json_output: Json = False,
) -> None:
    """Says what a device is to be."""
    from megane.devices import run_configure

    run_configure(home, device, file, by, as_json=json_output, lang=language())


def device_replace(device: Device, home: Home = None, json_output: Json = False) -> None:
    """Puts new hardware in a device's place."""
    from megane.devices import run_replace

    run_replace(home, device, as_json=json_output, lang=language())


def device_command(
    device: Device,
    name: Annotated[str, typer.Argument(metavar="NAME", help=both("device.option-name"))],
    arguments: Annotated[
        list[str] | None, typer.Argument(metavar="ARGUMENT=VALUE", help=both("device.option-arguments"))
    ] = None,
    within_s: Annotated[float, typer.Option("--within", min=1, max=604_800, help=both("device.option-within"))] = 60,
    by: By = None,
    home: Home = None,
    json_output: Json = False,
) -> None:
    """Gives a device a command."""
    from megane.devices import run_command

    run_command(home, device, name, arguments or [], by, within_s, as_json=json_output, lang=language())


DEVICE_COMMANDS: Final[Mapping[str, Callable[..., None]]] = {
    "list": device_list,
    "show": device_show,
    "configure": device_configure,
    "command": device_command,
    "replace": device_replace,
}
