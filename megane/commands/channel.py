"""`megane channel …`, and what its commands take."""

from collections.abc import Callable, Mapping
from typing import Annotated, Final

import typer

from megane.commands.options import City, Json, SettingsFile, both, chosen_settings, language


def channel_try(
    name: Annotated[str, typer.Argument(metavar="NAME", help=both("channel.option-name"))],
    city: City = None,
    settings: SettingsFile = None,
    json_output: Json = False,
) -> None:
    """Sends a test to a channel."""
    from megane.channels import run_try

    run_try(chosen_settings(settings, None, city), name, as_json=json_output, lang=language())


CHANNEL_COMMANDS: Final[Mapping[str, Callable[..., None]]] = {"try": channel_try}
