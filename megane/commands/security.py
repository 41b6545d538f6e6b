"""`megane security …`, and what its command takes."""

from collections.abc import Callable, Mapping
from typing import Annotated, Final

import typer

from megane.commands.options import Home, Json, both, language


def security_list(
    kind: Annotated[str | None, typer.Option(help=both("security.option-kind"))] = None,
    device: Annotated[str | None, typer.Option(help=both("security.option-device"))] = None,
    limit: Annotated[int, typer.Option(min=1, max=500, help=both("security.option-limit"))] = 50,
    home: Home = None,
    json_output: Json = False,
) -> None:
    """Lists what was refused."""
    from megane.security import run_list

    run_list(home, kind, device, limit, as_json=json_output, lang=language())


SECURITY_COMMANDS: Final[Mapping[str, Callable[..., None]]] = {"list": security_list}
