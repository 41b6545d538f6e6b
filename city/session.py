"""Signing in: what comes of it, and the session that it opens."""

from dataclasses import dataclass, field

from city.principal import Principal


@dataclass(frozen=True, slots=True)
class Session:
    """Somebody who signed in. csrf: what every form of theirs carries."""

    principal: Principal
    csrf: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """The session's secret, which goes into a cookie and nowhere else."""

    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Refused:
    """Not them, or nobody of that name, or somebody who may no longer: which of these is told to nobody."""


@dataclass(frozen=True, slots=True)
class Throttled:
    """Too many were in vain; heard again after so long."""

    wait_s: int


SignIn = SignedIn | Refused | Throttled
