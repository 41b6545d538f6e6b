"""What is open, and to whom: every route with the right that it asks for. A route that is not here opens to nobody.

The right is asked for anywhere at all; where a thing belongs to a department (an alert by its rule, a case), the route
asks again for that place (`api/admission.py`).
"""

from collections.abc import Mapping
from typing import Final

from city.right import Right

# Whoever comes: what says of itself whether it is well, how one signs in, and what proves itself in another way (a
# device that enrols shows that it knows a code).
OPEN_PATHS: Final = frozenset(
    {"/healthz", "/readyz", "/metrics", "/openapi.json", "/sign-in", "/v1/enrolment", "/v1/enrolment/renewal"}
)
OPEN_BELOW: Final = ("/sign-in/", "/static/", "/v1/open/")

NEEDS: Final[Mapping[str, Right]] = {
    # Pages.
    "GET /": Right.SEE,
    "GET /situation": Right.SEE,
    "GET /map": Right.SEE,
    "GET /sensors": Right.SEE,
    "GET /sensors/{device}/{sensor}": Right.SEE,
    "GET /alerts": Right.SEE,
    "POST /alerts": Right.ACT,
    "POST /alerts/silences": Right.SILENCE,
    "GET /alerts/{rule}/{subject}/{raised_ms}": Right.SEE,
    "POST /alerts/{rule}/{subject}/{raised_ms}/decisions": Right.ACT,
    "POST /alerts/{rule}/{subject}/{raised_ms}/silences": Right.SILENCE,
    "GET /inbox": Right.SEE_CASES,
    "GET /incidents": Right.SEE_CASES,
    "GET /incidents/{ident}": Right.SEE_CASES,
    "GET /incidents/{ident}/hand": Right.START,
    "POST /incidents/{ident}/hand": Right.START,
    "GET /approvals/{ident}": Right.SEE_CASES,
    # Whose answer counts the question itself says: who holds a role that is asked there, or acts for them.
    "POST /approvals/{ident}": Right.SEE_CASES,
    "GET /cases": Right.SEE_CASES,
    "GET /cases/new": Right.ACT,
    "POST /cases": Right.ACT,
    "GET /cases/{case}": Right.SEE_CASES,
    "POST /cases/{case}": Right.ACT,
    "GET /runs/start": Right.START,
    "POST /runs/start": Right.START,
    "GET /people": Right.PEOPLE,
    "POST /people": Right.PEOPLE,
    "POST /people/{ident}": Right.PEOPLE,
    "POST /people/{ident}/disable": Right.PEOPLE,
    "POST /people/{ident}/link": Right.PEOPLE,
    "GET /duty": Right.SEE,
    "POST /duty": Right.PEOPLE,
    "POST /duty/{ident}/remove": Right.PEOPLE,
    "GET /tokens": Right.PEOPLE,
    "POST /tokens": Right.PEOPLE,
    "POST /tokens/{ident}/revoke": Right.PEOPLE,
    "GET /audit": Right.AUDIT,
    "GET /endpoints": Right.INSPECT,
    "GET /endpoints/letters/{id}": Right.INSPECT,
    "POST /endpoints/letters/{id}/resend": Right.EQUIP,
    "POST /endpoints/{endpoint}/enable": Right.EQUIP,
    "POST /endpoints/{endpoint}/resend": Right.EQUIP,
    # What is, and what was.
    "GET /v1/sensors": Right.SEE,
    "GET /v1/devices": Right.SEE,
    "GET /v1/devices/unregistered": Right.INSPECT,
    "GET /v1/latest": Right.SEE,
    "GET /v1/series/{device}/{sensor}": Right.SEE,
    "GET /v1/alerts": Right.SEE,
    "GET /v1/live": Right.SEE,
    "GET /v1/rules": Right.SEE,
    # What people decide about alerts.
    "GET /v1/alerts/decisions": Right.SEE,
    "POST /v1/alerts/decisions": Right.ACT,
    "POST /v1/alerts/decisions/bulk": Right.ACT,
    "GET /v1/silences": Right.SEE,
    "POST /v1/silences": Right.SILENCE,
    "POST /v1/silences/{id}/lift": Right.SILENCE,
    "POST /v1/silences/lift": Right.SILENCE,
    # Cases: of the sections that they reach.
    "GET /v1/cases": Right.SEE_CASES,
    "POST /v1/cases": Right.ACT,
    "GET /v1/cases/{case}": Right.SEE_CASES,
    "GET /v1/cases/{case}/evidence/{number}": Right.SEE_CASES,
    "PATCH /v1/cases/{case}": Right.ACT,
    "POST /v1/cases/{case}/ticks": Right.ACT,
    "POST /v1/cases/{case}/comments": Right.ACT,
    "POST /v1/cases/{case}/evidence": Right.ACT,
    "POST /v1/cases/{case}/close": Right.ACT,
    "POST /v1/cases/{case}/reopen": Right.ACT,
    "POST /v1/cases/{case}/void": Right.ACT,
    # Incidents, their runs and what is decided in them: of the sections that they reach, and the city's own.
    "GET /v1/incidents": Right.SEE_CASES,
    "GET /v1/incidents/{ident}": Right.SEE_CASES,
    "POST /v1/incidents/{ident}/resolve": Right.START,
    "POST /v1/incidents/{ident}/hand": Right.START,
    "POST /v1/runs": Right.START,
    "GET /v1/playbooks": Right.SEE,
    "GET /v1/playbooks/{ident}": Right.SEE,
    "GET /v1/approvals": Right.SEE_CASES,
    "GET /v1/approvals/{ident}": Right.SEE_CASES,
    "POST /v1/approvals/{ident}/answer": Right.SEE_CASES,  # as the page's form, above
    # What the city runs on.
    "POST /v1/rules/reload": Right.EQUIP,
    "PUT /v1/devices/{device}/config": Right.EQUIP,
    "GET /v1/devices/{device}/config": Right.SEE,
    "POST /v1/devices/{device}/commands": Right.EQUIP,
    "GET /v1/devices/{device}/commands": Right.SEE,
    "POST /v1/devices/{device}/code": Right.EQUIP,
    "POST /v1/devices/{device}/replace": Right.EQUIP,
    "POST /v1/devices/{device}/revoke": Right.EQUIP,
    "GET /v1/security-events": Right.INSPECT,
    "GET /v1/certificates": Right.INSPECT,
    "GET /v1/quarantine": Right.INSPECT,
    "POST /v1/quarantine/resend": Right.EQUIP,
    "GET /v1/webhooks": Right.SEE,
    "POST /v1/webhooks/{endpoint}/enable": Right.EQUIP,
    "GET /v1/webhooks/dead-letters": Right.INSPECT,
    "GET /v1/webhooks/dead-letters/{id}": Right.INSPECT,
    "POST /v1/webhooks/dead-letters/{id}/resend": Right.EQUIP,
    "POST /v1/webhooks/{endpoint}/resend": Right.EQUIP,
    # Who may, and who did.
    "GET /v1/me": Right.SEE,
    "GET /v1/people": Right.INSPECT,
    "POST /v1/people": Right.PEOPLE,
    "PUT /v1/people/{ident}": Right.PEOPLE,
    "POST /v1/people/{ident}/disable": Right.PEOPLE,
    "POST /v1/people/{ident}/link": Right.PEOPLE,
    "GET /v1/duty": Right.SEE,
    "POST /v1/duty": Right.PEOPLE,
    "POST /v1/duty/{ident}/remove": Right.PEOPLE,
    "GET /v1/tokens": Right.INSPECT,
    "POST /v1/tokens": Right.PEOPLE,
    "POST /v1/tokens/{ident}/revoke": Right.PEOPLE,
    "GET /v1/audit": Right.AUDIT,
}


# What Grafana asks, in Prometheus' protocol: it reads, by GET and by POST.
_READ_BELOW: Final = "/prometheus/"


def is_open(path: str) -> bool:
    """Whether this needs no sign-in."""
    return path in OPEN_PATHS or path.startswith(OPEN_BELOW)


def need(method: str, path: str) -> Right | None:
    """The right that a route asks for, named by the template of its path; None where nobody may."""
    if path.startswith(_READ_BELOW):
        return Right.SEE
    return NEEDS.get(f"{'GET' if method == 'HEAD' else method} {path}")
