"""Every route of the API, one file a subject. Listed here, so that all there is to ask is seen at a glance."""

from collections.abc import Callable
from typing import Final

from fastapi import APIRouter

from api.ports import View
from api.routes import (
    alert_list_page,
    alert_page,
    alerts,
    bulk_decisions,
    case_acts,
    cases,
    decisions,
    device_requests,
    devices,
    duty,
    duty_page,
    enrolment,
    latest,
    link,
    people,
    people_page,
    probes,
    prometheus,
    provider,
    quarantine,
    rules,
    security,
    sensors,
    series,
    sign_in,
    silences,
    token_pages,
    webhooks,
)

ROUTES: Final[tuple[Callable[[View], APIRouter], ...]] = (
    probes.routes,
    sensors.routes,
    devices.routes,
    device_requests.routes,
    enrolment.routes,
    latest.routes,
    series.routes,
    alerts.routes,
    decisions.routes,
    bulk_decisions.routes,
    silences.routes,
    cases.routes,
    case_acts.routes,
    rules.routes,
    quarantine.routes,
    security.routes,
    webhooks.routes,
    prometheus.routes,
    sign_in.routes,
    link.routes,
    provider.routes,
    alert_list_page.routes,
    alert_page.routes,
    people.routes,
    people_page.routes,
    duty.routes,
    duty_page.routes,
    token_pages.routes,
)
