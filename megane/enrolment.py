"""Enrolment of devices: codes that are good once, certificates for whoever has one, and their end.

What is written down survives a crash: a code is used up before its certificate goes out, so that nobody enrols twice.
"""

import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

import msgspec

from city.clock import Clock
from city.security_event import SecurityKind, TellSecurity, tell_nobody
from city.wire.enrolment import Code, Enrolled, EnrolmentRequest
from city.wire.errors import WireError
from city.wire.renewal import RenewalRequest, Renewed, said
from edge.kept_file import keep
from megane.authority import Authority, Issued, ProvisionError

# One that was read out today is still good where the bridge is closed until tomorrow.
CODE_MS: Final = 48 * 3_600_000


class _Given(msgspec.Struct, frozen=True):
    code: Code
    device: str
    ends_ms: int


class Enrolment:
    """Blocking; safe for use from several threads.

    tell: of what was refused
    on_revoked: called with every device whose certificates are all revoked, after a change; the broker is to know them
    """

    def __init__(
        self,
        authority: Authority,
        folder: Path,
        clock: Clock,
        on_revoked: Callable[[Sequence[str]], None],
        tell: TellSecurity = tell_nobody,
    ) -> None:
        self._authority = authority
        self._file = folder / "codes.json"
        self._clock = clock
        self._on_revoked = on_revoked
        self._tell_security = tell
        self._lock = threading.Lock()
        self._given = _read(self._file)

    def code(self, device: str) -> Code:
        """A new code for the device; one that it had before is good no longer. Durable on return."""
        with self._lock:
            now_ms = self._clock.now_ms()
            made = Code.new()
            still = [one for one in self._given if one.device != device and one.ends_ms > now_ms]
            self._keep([*still, _Given(made, device, now_ms + CODE_MS)])
            return made

    def enrol(self, asked: EnrolmentRequest) -> Enrolled:
        """A certificate for whoever proves to have a code. What the device had before is revoked. Durable on return.

        Raises ProvisionError: the same for a wrong proof, a used code and one that never was.
        """
        with self._lock:
            now_ms = self._clock.now_ms()
            found = next((one for one in self._given if one.code.name == asked.name and one.ends_ms > now_ms), None)
            if found is None or not found.code.proves(asked.proof, "request", asked.request):
                self._tell_security(
                    SecurityKind.ENROLMENT_REFUSED, found.device if found else "", f"code {asked.name[:16]!r}"
                )
                raise ProvisionError("provision.code")
            certificate = self._renewed(found.device, asked.request)
            self._keep([one for one in self._given if one is not found])
            self._tell()
            return found.code.answer(found.device, certificate, self._authority.certificate.decode())

    def renew(self, asked: RenewalRequest) -> Renewed:
        """A new certificate for a device that has a good one, which stays good until it ends. Durable on return.

        Raises ProvisionError.
        """
        with self._lock:
            certificate, request = asked.certificate.encode(), asked.request.encode()
            try:
                what = said(asked.certificate, asked.request)
                _, made = self._authority.renew(certificate, request, asked.signature(), what)
            except (ProvisionError, WireError) as error:
                detail = str(error.fields.get("problem", "")) if isinstance(error, ProvisionError) else str(error)
                device = self._authority.device_of(certificate)
                self._tell_security(SecurityKind.RENEWAL_REFUSED, device, detail)
                if isinstance(error, WireError):
                    raise ProvisionError("provision.renewal", problem=str(error)) from None
                raise
            self._tell()
            return Renewed(made.decode())

    def replace(self, device: str) -> Code:
        """A code for new hardware under the same name; what was there before is out at once. Durable on return."""
        self.revoke(device)
        return self.code(device)

    def revoke(self, device: str) -> int:
        """The device is out at once; how many certificates were good. Its code is good no longer either."""
        with self._lock:
            self._keep([one for one in self._given if one.device != device])
            count = self._authority.revoke(device)
            self._tell()
            return count

    def issued(self) -> Sequence[Issued]:
        """Every certificate, oldest first. Waits for nobody, so that the event loop may ask."""
        return self._authority.issued()

    def revoked(self) -> Sequence[str]:
        """Devices that had certificates, of which none is good."""
        return self._authority.revoked()

    def _renewed(self, device: str, request: str) -> str:
        """The request is looked at before anything is revoked: a bad one changes nothing."""
        self._authority.check(request.encode())
        self._authority.revoke(device)
        return self._authority.issue(device, request.encode()).decode()

    def _tell(self) -> None:
        self._on_revoked(self.revoked())

    def _keep(self, given: list[_Given]) -> None:
        self._given = given
        keep(self._file, msgspec.json.encode(given))


class NoEnrolment:
    """Of a city that has no way in for devices: every request is refused."""

    def code(self, device: str) -> Code:
        """Raises ProvisionError."""
        raise ProvisionError("provision.off", device=device)

    def enrol(self, asked: EnrolmentRequest) -> Enrolled:
        """Raises ProvisionError."""
        raise ProvisionError("provision.off", name=asked.name)

    def renew(self, asked: RenewalRequest) -> Renewed:
        """Raises ProvisionError."""
        raise ProvisionError("provision.off", name=asked.certificate[:0])

    def replace(self, device: str) -> Code:
        """Raises ProvisionError."""
        raise ProvisionError("provision.off", device=device)

    def revoke(self, device: str) -> int:
        """Raises ProvisionError."""
        raise ProvisionError("provision.off", device=device)

    def issued(self) -> Sequence[Issued]:
        """None."""
        return ()


def _read(file: Path) -> list[_Given]:
    return msgspec.json.decode(file.read_bytes(), type=list[_Given]) if file.exists() else []
