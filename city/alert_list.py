"""Which alerts somebody wants to see, and where in their list to go on."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AlertFilter:
    """Alerts of rules that act.

    firing: only what fires now, the gravest first; else all, the newest first
    severity: at least; rules: ids under which alerts go, None: all
    """

    firing: bool = True
    severity: int = 1
    rules: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class AlertPlace:
    """The last alert that was shown: the list goes on after it, also where others came or went before it."""

    severity: int
    raised_ms: int
    rule: str
    subject: str
