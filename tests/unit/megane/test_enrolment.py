"""Enrolment: one certificate for one code, whatever is tried with it."""

from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from city.wire.enrolment import Code
from megane.authority import Authority, ProvisionError
from megane.enrolment import CODE_MS, Enrolment
from tests.support.manual_clock import ManualClock


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
        self.enrolment = self.again()

    def again(self) -> Enrolment:
        """As after a restart."""
        authority = Authority(self.folder, self.clock)
        return Enrolment(authority, self.folder, self.clock, lambda found: self.revoked.append(list(found)))


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
    for file in place.folder.iterdir():
        assert file.stat().st_mode & 0o077 == 0


def test_a_name_that_cannot_be_a_devices_is_refused(place: Place) -> None:
    code = place.enrolment.code("../etc")
    with pytest.raises(ProvisionError):
        place.enrolment.enrol(code.ask(request()))
