"""Passwords: argon2id by its library, at most a few at a time, and throttled.

The parameters are the library's own (RFC 9106's second recommendation: 64 MiB, three passes); a hash made with older
ones is made anew at the next sign-in.
"""

import threading
from collections import deque
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from city.clock import Clock
from city.errors import UserError

SHORTEST: Final = 12  # characters; NIST SP 800-63B-4 and ASVS 2.1.1 want 12 to 15 where a password stands alone
LONGEST: Final = 128  # ASVS 2.1.2: passphrases are welcome, megabytes are not
AT_ONCE: Final = 2  # each takes 64 MiB and a core for 50 ms: a flood of sign-ins must leave alerts their own
WINDOW_MS: Final = 15 * 60_000
# Vain attempts in a window. By name and address together: somebody who forgot.
PER_PAIR: Final = 5
# By address: one that tries many names; a town hall behind one address still has room for its mornings.
PER_ADDRESS: Final = 30
# By name: many addresses that try one; so many that nobody locks the mayor out by the way.
PER_NAME: Final = 100
REMEMBERED: Final = 10_000  # names and addresses; beyond it the one longest silent is forgotten


class PasswordError(UserError):
    """A password that cannot be taken."""


class Passwords:
    """Makes hashes and compares them. Blocking; safe for use from several threads."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher()
        self._room = threading.BoundedSemaphore(AT_ONCE)
        # Compared where there is nobody of that name, so that the time tells nothing.
        self._nobody = self._hasher.hash("nobody has this password")

    def hash(self, password: str) -> str:
        """For keeping. Raises PasswordError where it is too short or too long."""
        if not SHORTEST <= len(password) <= LONGEST:
            raise PasswordError("people.password_length", shortest=SHORTEST, longest=LONGEST)
        with self._room:
            return self._hasher.hash(password)

    def fits(self, password: str, kept: str | None) -> bool:
        """Whether it is the one that was kept; as slow where there is none."""
        if len(password) > LONGEST:
            return False
        with self._room:
            try:
                self._hasher.verify(kept or self._nobody, password)
            except (VerificationError, InvalidHashError):
                return False
        return kept is not None

    def is_outdated(self, kept: str) -> bool:
        """Whether it should be made anew."""
        return self._hasher.check_needs_rehash(kept)


class Throttle:
    """Counts vain attempts. In memory: nobody who tries passwords can make the city start anew."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._failed: dict[tuple[str, str], deque[int]] = {}
        self._lock = threading.Lock()

    def wait_ms(self, login: str, address: str) -> int:
        """How long until another attempt is heard; 0: now."""
        now_ms = self._clock.now_ms()
        with self._lock:
            return max(self._wait_ms(key, most, now_ms) for key, most in _keys(login, address))

    def failed(self, login: str, address: str) -> None:
        """One more was in vain."""
        now_ms = self._clock.now_ms()
        with self._lock:
            for key, most in _keys(login, address):
                times = self._failed.pop(key, None) or deque(maxlen=most)
                times.append(now_ms)
                self._failed[key] = times
                if len(self._failed) > REMEMBERED:
                    del self._failed[next(iter(self._failed))]

    def succeeded(self, login: str, address: str) -> None:
        """It was them: what they mistyped before is forgotten, but not what others tried."""
        with self._lock:
            self._failed.pop(_keys(login, address)[0][0], None)

    def _wait_ms(self, key: tuple[str, str], most: int, now_ms: int) -> int:
        times = self._failed.get(key)
        if times is None or len(times) < most:
            return 0
        return max(0, times[0] + WINDOW_MS - now_ms)


def _keys(login: str, address: str) -> tuple[tuple[tuple[str, str], int], ...]:
    return ((login, address), PER_PAIR), (("", address), PER_ADDRESS), ((login, ""), PER_NAME)
