"""Enrolment: one certificate for one code, whatever is tried with it."""

import base64
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from city.security_event import SecurityKind
from city.wire.enrolment import Code
from city.wire.renewal import RenewalRequest, said
from megane.authority import Authority, ProvisionError
from megane.enrolment import CODE_MS, Enrolment
from tests.support.manual_clock import ManualClock

DAY_S = 86_400


def request(key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey | None = None) -> str:
    key = key or ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "rpi-somebody-else")])
    made = x509.CertificateSigningRequestBuilder().subject_name(subject).sign(key, hashes.SHA256())
    return made.public_bytes(serialization.Encoding.PEM).decode()


class Place:
    def __init__(self, folder: Path) -> None:
        self.clock = ManualClock()
        self.folder = folder
        self.revoked: list[list[str]] = []
        self.refused: list[tuple[SecurityKind, str]] = []
        self.enrolment = self.again()

    def again(self) -> Enrolment:
        """As after a restart."""
        authority = Authority(self.folder, self.clock)
        return Enrolment(authority, self.folder, self.clock, lambda found: self.revoked.append(list(found)), self.tell)

    def tell(self, kind: SecurityKind, device: str = "", detail: str = "") -> None:
        assert detail
        self.refused.append((kind, device))


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path / "authority")


def test_a_certificate_names_the_device_of_the_code_whatever_was_asked(place: Place) -> None:
    code = place.enrolment.code("rpi-toba")
    made = place.enrolment.enrol(code.ask(request()))
    certificate = x509.load_pem_x509_certificate(made.certificate.encode())
    authority = x509.load_pem_x509_certificate(made.authority.encode())
    certificate.verify_directly_issued_by(authority)
    (name,) = certificate.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)
    assert (name.value, made.device) == ("rpi-toba", "rpi-toba")
    assert code.is_of(made)


def test_a_code_is_good_once_also_after_a_restart(place: Place) -> None:
    code = place.enrolment.code("rpi-toba")
    place.enrolment.enrol(code.ask(request()))
    for enrolment in (place.enrolment, place.again()):
        with pytest.raises(ProvisionError):
            enrolment.enrol(code.ask(request()))


def test_a_code_outlives_a_restart_and_not_two_days(place: Place) -> None:
    code = place.enrolment.code("rpi-toba")
    place.clock.advance(CODE_MS / 1000 - 1)
    enrolment = place.again()
    place.clock.advance(2)
    with pytest.raises(ProvisionError):
        enrolment.enrol(code.ask(request()))


def test_without_the_secret_there_is_no_certificate_and_the_code_stays_good(place: Place) -> None:
    code = place.enrolment.code("rpi-toba")
    guessed = Code(code.name, Code.new().secret)
    with pytest.raises(ProvisionError):
        place.enrolment.enrol(guessed.ask(request()))
    heard = code.ask(request())
    with pytest.raises(ProvisionError):  # somebody between put a request of their own in its place
        place.enrolment.enrol(type(heard)(heard.name, request(), heard.proof))
    assert place.enrolment.enrol(heard).device == "rpi-toba"


@pytest.mark.parametrize(
    "wrong", ["rubbish", "-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----\n"]
)
def test_a_request_that_is_none_changes_nothing(place: Place, wrong: str) -> None:
    first = place.enrolment.code("rpi-toba")
    place.enrolment.enrol(first.ask(request()))
    code = place.enrolment.code("rpi-toba")
    for asked in (wrong, request(rsa.generate_private_key(65_537, 2_048))):
        with pytest.raises(ProvisionError):
            place.enrolment.enrol(code.ask(asked))
    assert place.enrolment.revoked() == []


def test_who_enrols_anew_has_one_certificate_that_is_good(place: Place) -> None:
    for _ in range(3):
        place.enrolment.enrol(place.enrolment.code("rpi-toba").ask(request()))
    assert [one.revoked_ms is None for one in place.enrolment.issued()] == [False, False, True]
    assert place.revoked[-1] == []


def test_who_is_revoked_is_told_and_needs_a_new_code(place: Place) -> None:
    place.enrolment.enrol(place.enrolment.code("rpi-toba").ask(request()))
    waiting = place.enrolment.code("rpi-toba")
    assert place.enrolment.revoke("rpi-toba") == 1
    assert place.revoked[-1] == ["rpi-toba"]
    with pytest.raises(ProvisionError):
        place.enrolment.enrol(waiting.ask(request()))
    assert place.again().revoked() == ["rpi-toba"]
    assert place.enrolment.revoke("rpi-toba") == 0


def test_secrets_are_readable_by_their_owner_alone(place: Place) -> None:
    place.enrolment.code("rpi-toba")
    Device(place)
    for file in place.folder.rglob("*"):
        assert file.stat().st_mode & 0o077 == 0


def test_a_name_that_cannot_be_a_devices_is_refused(place: Place) -> None:
    code = place.enrolment.code("../etc")
    with pytest.raises(ProvisionError):
        place.enrolment.enrol(code.ask(request()))


class Device:
    """One that has a certificate."""

    def __init__(self, place: Place, name: str = "rpi-toba") -> None:
        self.place = place
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.certificate = place.enrolment.enrol(place.enrolment.code(name).ask(request(self.key))).certificate

    def ask(self, key: ec.EllipticCurvePrivateKey) -> RenewalRequest:
        asked = request(key)
        signature = self.key.sign(said(self.certificate, asked), ec.ECDSA(hashes.SHA256()))
        return RenewalRequest(self.certificate, asked, base64.b64encode(signature).decode())


def test_who_has_a_good_certificate_has_a_new_one_and_both_are_good(place: Place) -> None:
    device = Device(place)
    place.clock.advance(200 * DAY_S)
    key = ec.generate_private_key(ec.SECP256R1())
    asked = device.ask(key)
    made = x509.load_pem_x509_certificate(place.enrolment.renew(asked).certificate.encode())
    (name,) = made.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)
    assert name.value == "rpi-toba"
    assert made.public_key() == key.public_key()
    assert [one.revoked_ms for one in place.enrolment.issued()] == [None, None]
    # Sent again by whoever heard it, it is the same; asked for another key, what was lost on the way is good no longer.
    again = x509.load_pem_x509_certificate(place.again().renew(asked).certificate.encode())
    assert again == made
    place.enrolment.renew(device.ask(ec.generate_private_key(ec.SECP256R1())))
    assert [one.revoked_ms is None for one in place.enrolment.issued()] == [True, False, True]
    with pytest.raises(ProvisionError):
        place.enrolment.renew(asked)


def test_what_is_not_renewed(place: Place) -> None:
    device = Device(place)
    key = ec.generate_private_key(ec.SECP256R1())
    with pytest.raises(ProvisionError):  # too early
        place.enrolment.renew(device.ask(key))
    place.clock.advance(300 * DAY_S)
    good = device.ask(key)
    other = Device(place, "rpi-kita")
    for wrong in (
        RenewalRequest(good.certificate, request(), good.proof),
        RenewalRequest(other.certificate, good.request, good.proof),
        RenewalRequest("rubbish", good.request, good.proof),
        RenewalRequest(good.certificate, good.request, "rubbish!"),
        device.ask(device.key),  # not new
    ):
        with pytest.raises(ProvisionError):
            place.enrolment.renew(wrong)
    assert place.refused[-1] == (SecurityKind.RENEWAL_REFUSED, "rpi-toba")
    place.clock.advance(66 * DAY_S)
    with pytest.raises(ProvisionError):  # it has ended
        place.enrolment.renew(good)
    with pytest.raises(ProvisionError):
        place.enrolment.renew(other.ask(ec.generate_private_key(ec.SECP256R1())))
    revoked = Device(place)
    place.clock.advance(300 * DAY_S)
    place.enrolment.revoke("rpi-toba")
    with pytest.raises(ProvisionError):
        place.enrolment.renew(revoked.ask(key))


def test_replaced_hardware_is_out_before_the_new_one_comes(place: Place) -> None:
    Device(place)
    code = place.enrolment.replace("rpi-toba")
    assert place.revoked[-1] == ["rpi-toba"]
    assert place.enrolment.enrol(code.ask(request())).device == "rpi-toba"
    assert place.revoked[-1] == []
