"""How the API describes itself: OpenAPI, with the errors as they really are answered."""

from functools import cache
from typing import Any, Final

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from api.problem import Problem

DESCRIPTION: Final = """What a city's sensors say, what is wrong, and who has it.

Times are ISO 8601 in UTC with milliseconds (`2024-06-23T03:10:00.000Z`); values are in the canonical unit that
`/v1/sensors` names. Whatever goes wrong is answered as `application/problem+json` (RFC 9457), in Japanese and English.
"""
TAGS: Final = [
    {"name": "catalog", "description": "What the city measures, where, and who answers for it."},
    {"name": "readings", "description": "What the sensors said."},
    {"name": "alerts", "description": "What fires and what fired."},
    {"name": "decisions", "description": "What people decide about alerts."},
    {"name": "cases", "description": "The business that follows: who has it, what is done, what it rests on."},
    {"name": "runs", "description": "Incidents, the playbooks that they start, and what people decide in them."},
    {"name": "devices", "description": "What devices are to be and to do."},
    {"name": "rules", "description": "What the readings are judged by."},
    {"name": "live", "description": "The same as it happens, as server-sent events."},
    {"name": "quarantine", "description": "What could not be used, and the way back."},
    {"name": "webhooks", "description": "The way to the departments."},
    {"name": "prometheus", "description": "The part of Prometheus' query protocol that Grafana asks."},
    {"name": "sign-in", "description": "How people come in."},
    {"name": "people", "description": "Who may, and who did."},
    {"name": "pages", "description": "What people look at, in Japanese and English."},
    {"name": "probes", "description": "Whether the city's machine is well."},
]
_REFERENCE: Final = "#/components/schemas/{model}"


def describe(app: FastAPI) -> None:
    """Makes `/openapi.json` name our problems in place of FastAPI's own validation error, which we never answer."""

    @cache
    def described() -> dict[str, Any]:
        schema = get_openapi(
            title=app.title, version=app.version, description=app.description, tags=app.openapi_tags, routes=app.routes
        )
        for methods in schema["paths"].values():
            for route in methods.values():
                route["responses"].pop("422", None)
        schemas = schema["components"]["schemas"]
        for ours in ("HTTPValidationError", "ValidationError"):
            schemas.pop(ours, None)
        problem = Problem.model_json_schema(ref_template=_REFERENCE)
        schemas |= problem.pop("$defs", {}) | {"Problem": problem}
        return schema

    app.openapi = described  # type: ignore[method-assign]  # FastAPI's documented way to have it otherwise
