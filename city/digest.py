"""Ids that follow from content: the same thing found again has the same id."""

import hashlib


def digest(*fields: str) -> str:
    """128 bits of SHA-256 over fields without line breaks, hexadecimal."""
    return hashlib.sha256("\n".join(fields).encode()).hexdigest()[:32]
