"""`webhook`: tells departments by signed HTTP POST, over the whole life of the incident."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from administration.steps.step import ReadSteps, Step, StepKind
from city.catalog import Catalog
from city.messages.text import Text
from city.section import Section


class Receivers(StrEnum):
    """Who is told."""

    SUBSCRIBED = "subscribed"  # every endpoint of the catalog whose subscription fits the alert


@dataclass(frozen=True, slots=True)
class Webhook(Step):
    """The step as configured. to: who subscribed, or the endpoints named."""

    to: Receivers | tuple[str, ...] = Receivers.SUBSCRIBED

    @classmethod
    def read(cls, section: Section, _: ReadSteps) -> "Webhook":
        """From `{to: subscribed}`, or `{to: [bosai, doboku]}`."""
        named = section.names("to", default=())
        return cls(Receivers.SUBSCRIBED if named in {(), (Receivers.SUBSCRIBED.value,)} else named)

    def receivers(self, severity: int, owner: str | None, catalog: Catalog) -> tuple[str, ...]:
        """Those named that the catalog knows; or those whose subscription fits.

        An alert without an owner is the system's own (a whole zone silent, say): it concerns everybody who depends on
        the system, so only severity decides.
        """
        if not isinstance(self.to, Receivers):
            known = {endpoint.id for department in catalog.departments.values() for endpoint in department.endpoints}
            return tuple(sorted(known.intersection(self.to)))
        return tuple(
            sorted(
                endpoint.id
                for department in catalog.departments.values()
                for endpoint in department.endpoints
                if severity >= endpoint.subscription.severity
                and (owner is None or endpoint.subscription.owners is None or owner in endpoint.subscription.owners)
            )
        )


WEBHOOK: Final = StepKind(
    name="webhook",
    documentation=Text(
        ja="署名付きの HTTP POST(CloudEvents)で部署の受信先に知らせます。"
        "発生から解除まで、同じ受信先に順番どおり届きます。届かないときは 72 時間くり返します。",
        en="Tells departments' endpoints by signed HTTP POST (CloudEvents). From firing to resolved the same endpoints "
        "are told, in order. What does not get through is tried again for 72 hours.",
    ),
    examples=("webhook: {}", "webhook: {to: subscribed}", "webhook: {to: [bosai, doboku]}"),
    read=Webhook.read,
)
