"""Which incidents and approvals somebody may see: those of the sections that they reach, and the city's own.

An incident without a section concerns the whole city: whoever sees cases anywhere sees it.
"""

from fastapi import Request

from api.admission import principal_of
from api.approval_ports import Approval
from api.ports import View
from api.problem import ProblemError
from api.run_ports import IncidentFile
from city.catalog import Catalog
from city.principal import CITY, Principal
from city.right import Right


def sections_reached(who: Principal, catalog: Catalog) -> frozenset[str] | None:
    """Whose incidents they see beside the city's own; None: everybody's."""
    tree = catalog.departments
    if who.may(Right.SEE_CASES, CITY, tree):
        return None
    return frozenset(unit for unit in tree if who.may(Right.SEE_CASES, unit, tree))


def sees(who: Principal, section: str, catalog: Catalog) -> bool:
    """Whether they see what is of that section."""
    return who.may(Right.SEE_CASES, section or None, catalog.departments)


def incident_within_reach(request: Request, view: View, ident: str) -> IncidentFile:
    """The incident, where who asks may see it. Else there is none: not even that is told of it."""
    found = view.incidents.incident(ident)
    if found is None or not sees(principal_of(request), found.incident.section, view.catalog()):
        raise ProblemError(404, "runs.incident_unknown", id=ident[:80])
    return found


def approval_within_reach(request: Request, view: View, ident: str) -> Approval:
    """The approval, likewise."""
    found = view.incidents.approval(ident)
    if found is None or not sees(principal_of(request), found.unit, view.catalog()):
        raise ProblemError(404, "runs.approval_unknown", id=ident[:80])
    return found
