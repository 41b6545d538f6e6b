"""Pictures as files: PNG, and HTML with the picture as SVG in it."""

import io
from collections.abc import Callable
from pathlib import Path

from matplotlib.figure import Figure

from city.errors import UserError

DPI = 100


class PictureFileError(UserError):
    """The file cannot be written."""


def write_png(figure: Figure, file: Path) -> None:
    """Raises PictureFileError."""
    made = io.BytesIO()
    figure.savefig(made, format="png", dpi=DPI)
    _write(file, made.getvalue())


def write_page(figure: Figure, file: Path, page: Callable[[str], str]) -> None:
    """Writes what `page` makes of the figure as SVG. Raises PictureFileError."""
    made = io.StringIO()
    # Neither the day it was made nor a name of chance: the same backtest gives the same file.
    figure.savefig(made, format="svg", metadata={"Date": None})
    svg = made.getvalue()
    _write(file, page(svg[svg.index("<svg") :]).encode())


def _write(file: Path, content: bytes) -> None:
    try:
        file.write_bytes(content)
    except OSError as e:
        raise PictureFileError("backtest.file-unwritable", file=str(file), problem=e.strerror or str(e)) from e
