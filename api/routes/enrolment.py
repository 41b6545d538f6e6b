"""Enrolment of devices: a certificate for whoever has a code, codes, and the end of certificates."""

from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, Field

from api.moment import iso, iso_or_none
from api.ports import View
from api.problem import ProblemError, problems
from city.wire import enrolment as wire
from city.wire.renewal import RenewalRequest

Pem = Annotated[str, Field(min_length=1, max_length=16_384)]


class AskedForCertificate(BaseModel):
    """What a device sends (city/wire/enrolment.py)."""

    name: Annotated[str, Field(max_length=16)]
    request: Pem
    proof: Annotated[str, Field(max_length=64)]


class Enrolled(BaseModel):
    """Who it is from now on."""

    device: str
    certificate: str
    authority: str
    proof: str


class AskedForRenewal(BaseModel):
    """What a device sends (city/wire/renewal.py)."""

    certificate: Pem
    request: Pem
    proof: Annotated[str, Field(max_length=256)]


class RenewedCertificate(BaseModel):
    """The new one."""

    certificate: str


class CodeMade(BaseModel):
    """Good once, and for 48 hours."""

    device: str
    code: str


class Revoked(BaseModel):
    """How many certificates were good until now."""

    device: str
    count: int


class Certificate(BaseModel):
    """One that was issued."""

    device: str
    serial: str
    issued: str
    ends: str
    revoked: str | None


class Certificates(BaseModel):
    """Oldest first."""

    certificates: list[Certificate]


def routes(view: View) -> APIRouter:
    """`/v1/enrolment`, `/v1/certificates`, and a device's code and revocation."""
    router = APIRouter(prefix="/v1", tags=["devices"])

    def known(device: str) -> None:
        if device not in view.catalog().devices:
            raise ProblemError(404, "api.unknown-device", device=device[:64])

    @router.post("/enrolment", summary="A certificate for a device that has a code", responses=problems(400, 403, 503))
    def enrol(asked: AskedForCertificate) -> Enrolled:
        """The code is good no longer, and what the device had before is revoked."""
        made = view.enrolment.enrol(wire.EnrolmentRequest(asked.name, asked.request, asked.proof))
        return Enrolled(device=made.device, certificate=made.certificate, authority=made.authority, proof=made.proof)

    @router.post("/enrolment/renewal", summary="A new certificate for a good one", responses=problems(400, 403, 503))
    def renew(asked: AskedForRenewal) -> RenewedCertificate:
        """The one before stays good until it ends."""
        made = view.enrolment.renew(RenewalRequest(asked.certificate, asked.request, asked.proof))
        return RenewedCertificate(certificate=made.certificate)

    @router.post("/devices/{device}/code", summary="A code for enrolling it", responses=problems(400, 403, 404, 503))
    def code(device: str) -> CodeMade:
        """One that it had before is good no longer."""
        known(device)
        return CodeMade(device=device, code=str(view.enrolment.code(device)))

    @router.post(
        "/devices/{device}/replace", summary="New hardware takes its place", responses=problems(400, 403, 404, 503)
    )
    def replace(device: str) -> CodeMade:
        """What was there before is out at once; configuration, commands and readings stay the device's."""
        known(device)
        return CodeMade(device=device, code=str(view.enrolment.replace(device)))

    @router.post("/devices/{device}/revoke", summary="Revoke its certificates", responses=problems(400, 403, 503))
    def revoke(device: str) -> Revoked:
        """It is out at once. Also one that is in the catalog no more."""
        return Revoked(device=device, count=view.enrolment.revoke(device))

    @router.get("/certificates", summary="All certificates of devices", responses=problems(400, 503))
    def certificates() -> Certificates:
        """Those that were revoked among them."""
        return Certificates(
            certificates=[
                Certificate(
                    device=one.device,
                    serial=one.serial,
                    issued=iso(one.issued_ms),
                    ends=iso(one.ends_ms),
                    revoked=iso_or_none(one.revoked_ms),
                )
                for one in view.enrolment.issued()
            ]
        )

    return router
