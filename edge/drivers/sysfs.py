"""What the kernel shows as files."""

from pathlib import Path


def text(file: Path) -> str:
    """What stands in it; empty where it cannot be read: a sensor that does not answer makes reading its file fail."""
    try:
        return file.read_text(encoding="ascii", errors="replace").strip()
    except OSError:
        return ""
