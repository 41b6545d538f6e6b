"""Secrets that are shown once and kept as hashes: sessions, one-time links, tokens.

They have 256 bits of chance, so that a plain hash of one tells nothing: nobody tries them all. Passwords are another
matter (passwords.py).
"""

import hashlib
import secrets


def new_secret() -> str:
    """43 characters that go into a URL and a header as they are."""
    return secrets.token_urlsafe(32)


def hashed(secret: str) -> str:
    """SHA-256, hexadecimal: how it is kept, and found again."""
    return hashlib.sha256(secret.encode()).hexdigest()
