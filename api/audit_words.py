"""What a line of the audit log says was done, as people read it."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from city.messages import CATALOGUE, say
from city.messages.text import Lang

# What changes something by the API or a page is noted before it is done, as its method and path. By how they begin,
# the longer first: of routes alike only what differs for whoever reads.
_ASKED: Final[Mapping[str, str]] = MappingProxyType(
    {
        "/alerts/silences": "silenced",
        "/alerts/{rule}/{subject}/{raised_ms}/silences": "silenced",
        "/alerts": "alerts-decided",
        "/silences": "silenced",
        "/incidents": "incident-hand",
        "/approvals": "approval-answered",
        "/cases/{case}": "case-changed",
        "/cases": "case-opened",
        "/runs": "run-started",
        "/people": "asked-person",
        "/duty": "asked-duty",
        "/tokens": "asked-token",
        "/endpoints": "webhook-resent",
        "/webhooks": "webhook-resent",
        "/rules": "rules-reloaded",
        "/devices": "device-changed",
        "/quarantine": "quarantine-resent",
    }
)


def done_words(what: str, lang: Lang) -> str:
    """`what` as the log has it, in words; itself where there are none."""
    method, _, path = what.partition(" ")
    key = f"audit.{what.replace(': ', '-').replace(' ', '-')}"
    if method.isupper():
        path = path.removeprefix("/v1")
        key = next((f"audit.{name}" for begin, name in _ASKED.items() if path.startswith(begin)), "")
    return say(key, lang) if key in CATALOGUE else what
