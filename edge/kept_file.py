"""A file that is there as a whole, as it was or as it is to be, whatever happens while it is written."""

import os
from pathlib import Path


def keep(file: Path, content: bytes) -> None:
    """Durable on return, and readable by its owner alone. Blocking. Raises OSError, and then it is as it was."""
    new = file.with_suffix(file.suffix + ".new")
    fd = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        os.write(fd, content)
        os.fsync(fd)
    finally:
        os.close(fd)
    new.replace(file)
