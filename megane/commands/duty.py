"""`megane duty …`, and what its commands take."""

from collections.abc import Callable, Mapping
from typing import Annotated, Final

import typer

from city.right import Role
from megane.commands.options import Home, Json, both, language


def duty_list(
    start: Annotated[str | None, typer.Option("--from", help=both("duty.option-list-from"))] = None,
    end: Annotated[str | None, typer.Option("--to", help=both("duty.option-list-until"))] = None,
    home: Home = None,
    json_output: Json = False,
) -> None:
    """The roster."""
    from megane.duty import run_list

    run_list(home, start, end, as_json=json_output, lang=language())


def duty_add(
    login: Annotated[str, typer.Argument(metavar="LOGIN", help=both("people.option-login"))],
    role: Annotated[Role, typer.Option("--role", help=both("duty.option-role"))],
    start: Annotated[str, typer.Option("--from", help=both("duty.option-from"))],
    end: Annotated[str, typer.Option("--to", help=both("duty.option-until"))],
    unit: Annotated[str, typer.Option("--unit", help=both("duty.option-unit"))] = "",
    in_place_of: Annotated[str | None, typer.Option("--in-place-of", help=both("duty.option-in-place-of"))] = None,
    weeks: Annotated[int, typer.Option("--weeks", help=both("duty.option-weeks"))] = 1,
    home: Home = None,
    json_output: Json = False,
) -> None:
    """Adds to the roster."""
    from megane.duty import Wanted, run_add

    wanted = Wanted(login, role, unit, start, end, in_place_of, weeks)
    run_add(home, wanted, as_json=json_output, lang=language())


def duty_remove(
    ident: Annotated[str, typer.Argument(metavar="ID", help=both("duty.option-id"))],
    home: Home = None,
    json_output: Json = False,
) -> None:
    """Removes from the roster."""
    from megane.duty import run_remove

    run_remove(home, ident, as_json=json_output, lang=language())


DUTY_COMMANDS: Final[Mapping[str, Callable[..., None]]] = {"list": duty_list, "add": duty_add, "remove": duty_remove}
