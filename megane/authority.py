"""The city's own certificate authority: who a device is, and that it is no longer.

A certificate names its device (its common name is the device's id). The broker knows nobody else: it takes certificates
of this authority alone, and lets each device write its own topics alone. What was revoked is in a list that the broker
reads, and stays in it for as long as the certificate would have been good.

All of it lies in one folder of the city's home: `ca.pem`, `ca.key`, `broker.pem`, `broker.key`, `crl.pem`,
`issued.json`, `issued/`. Elliptic curves throughout (P-256): the handshake of a Raspberry Pi Zero takes a third of
RSA's.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Final

import msgspec
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from city.clock import Clock
from city.errors import UserError
from city.wire.topic import is_level
from edge.kept_file import keep

AUTHORITY_DAYS: Final = 20 * 365  # a device that is on its bridge for fifteen years still trusts it
BROKER_DAYS: Final = 2 * 365  # written anew at a start once a third of it is left
DEVICE_DAYS: Final = 365  # a device renews it by itself; one that was in a drawer for a year is enrolled anew
RENEW_FROM: Final = 0.5  # of its life: a device asks from two thirds on, and one that asks all the time gets nothing
CRL_DAYS: Final = 365  # written anew with every start and every revocation
# A device whose clock is behind must not take it for one of the future; of a short life it is a twelfth.
EARLIER: Final = timedelta(hours=24)


class ProvisionError(UserError):
    """What was asked of the authority cannot be done."""


class Issued(msgspec.Struct, frozen=True):
    """A certificate. serial, key (its SHA-256): hexadecimal; revoked_ms: None while it is good."""

    device: str
    serial: str
    issued_ms: int
    ends_ms: int
    revoked_ms: int | None = None
    key: str = ""


@dataclass(frozen=True, slots=True)
class BrokerFiles:
    """What the broker reads."""

    authority: Path
    certificate: Path
    key: Path
    revoked: Path


class Authority:
    """Blocking. Not safe for use from several processes at once: the city alone issues and revokes."""

    def __init__(self, folder: Path, clock: Clock, device_life: timedelta = timedelta(days=DEVICE_DAYS)) -> None:
        """Reads what is there, and makes what is not. Raises OSError."""
        self._device_life = device_life
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._folder = folder
        self._clock = clock
        if not (folder / "ca.pem").exists():
            self._begin()
        self._key = _read_key(folder / "ca.key")
        self._certificate = x509.load_pem_x509_certificate((folder / "ca.pem").read_bytes())
        self._issued = _read_issued(folder / "issued.json")

    @property
    def certificate(self) -> bytes:
        """The authority's own, PEM: what devices know the city by."""
        return self._certificate.public_bytes(serialization.Encoding.PEM)

    def issued(self) -> Sequence[Issued]:
        """Every certificate that was issued to a device, oldest first."""
        return tuple(self._issued)

    def issue(self, device: str, request: bytes) -> bytes:
        """A certificate for the key of `request` (a PEM signing request), PEM. Durable on return.

        Whatever the request says of names is of no account. Raises ProvisionError.
        """
        if not is_level(device):
            raise ProvisionError("provision.device", device=device)
        key = self.check(request)
        made = self._sign(key, device, self._device_life, (), ExtendedKeyUsageOID.CLIENT_AUTH)
        ends_ms = _ms(made.not_valid_after_utc)
        one = Issued(device, f"{made.serial_number:x}", self._clock.now_ms(), ends_ms, key=_fingerprint(key))
        pem = made.public_bytes(serialization.Encoding.PEM)
        keep(self._file(one), pem)
        self._issued.append(one)
        self._keep_issued()
        return pem

    def renew(self, certificate: bytes, request: bytes, signature: bytes, said: bytes) -> tuple[str, bytes]:
        """The device of a certificate that is good, and a new one for the key of `request`, PEM. Durable on return.

        The certificate stays good until it ends; of the device's others none does, so that an answer that was lost
        leaves none behind. A request for a key that has a certificate already is answered with that.
        said: what was signed by the certificate's key; signature: DER
        Raises ProvisionError.
        """
        present = self._present(certificate, signature, said)
        key = _fingerprint(self.check(request))
        there = next((one for one in self._issued if one.key == key), None)
        if there is not None:
            if there.device != present.device or there.revoked_ms is not None or there.serial == present.serial:
                raise ProvisionError("provision.renewal", problem="the key is not new")
            return present.device, self._file(there).read_bytes()
        begins_ms = present.issued_ms + RENEW_FROM * (present.ends_ms - present.issued_ms)
        if self._clock.now_ms() < begins_ms:
            raise ProvisionError(
                "provision.renewal", problem="it is too early: not half of the certificate's time is over"
            )
        self.revoke(present.device, but=present.serial)
        return present.device, self.issue(present.device, request)

    def device_of(self, certificate: bytes) -> str:
        """Whose a certificate was when this authority issued it; empty where it did not."""
        try:
            serial = f"{x509.load_pem_x509_certificate(certificate).serial_number:x}"
        except ValueError:
            return ""
        return next((one.device for one in self._issued if one.serial == serial), "")

    def _present(self, certificate: bytes, signature: bytes, said: bytes) -> Issued:
        """The certificate as it was issued, if it is good and its key signed this. Raises ProvisionError."""
        try:
            found = x509.load_pem_x509_certificate(certificate)
            found.verify_directly_issued_by(self._certificate)
            key = found.public_key()
            if not isinstance(key, ec.EllipticCurvePublicKey):
                raise ProvisionError("provision.renewal", problem="its key is of no elliptic curve")
            key.verify(signature, said, ec.ECDSA(hashes.SHA256()))
        except (ValueError, TypeError, InvalidSignature):
            raise ProvisionError("provision.renewal", problem="certificate and proof are not of this city") from None
        serial = f"{found.serial_number:x}"
        one = next((one for one in self._issued if one.serial == serial), None)
        if one is None or one.revoked_ms is not None:
            raise ProvisionError("provision.renewal", problem="the certificate is revoked")
        if one.ends_ms <= self._clock.now_ms():
            raise ProvisionError("provision.renewal", problem="the certificate has ended")
        return one

    def _file(self, one: Issued) -> Path:
        folder = self._folder / "issued"
        folder.mkdir(exist_ok=True, mode=0o700)
        return folder / f"{one.serial}.pem"

    def check(self, request: bytes) -> ec.EllipticCurvePublicKey:
        """The key for which a certificate is asked. Raises ProvisionError for what is no request for such a key."""
        try:
            asked = x509.load_pem_x509_csr(request)
            key = asked.public_key()
        except ValueError as error:
            raise ProvisionError("provision.request", problem=str(error)) from None
        if not asked.is_signature_valid or not isinstance(key, ec.EllipticCurvePublicKey):
            raise ProvisionError("provision.request", problem="an elliptic curve key and its signature are needed")
        return key

    def revoke(self, device: str, but: str = "") -> int:
        """Every certificate of the device; how many were good. Durable on return, for the broker once it reads them.

        but: the serial of one that stays good
        """
        now_ms = self._clock.now_ms()
        good = [one for one in self._issued if one.device == device and one.revoked_ms is None and one.serial != but]
        self._issued = [msgspec.structs.replace(one, revoked_ms=now_ms) if one in good else one for one in self._issued]
        self._keep_issued()
        self._write_crl()
        return len(good)

    def revoked(self) -> Sequence[str]:
        """Devices that have had certificates, of which none is good."""
        good = {one.device for one in self._issued if one.revoked_ms is None}
        return sorted({one.device for one in self._issued} - good)

    def for_broker(self, names: Sequence[str]) -> BrokerFiles:
        """What the broker needs to be known under those names and addresses; made where it is missing or old."""
        files = BrokerFiles(*(self._folder / name for name in ("ca.pem", "broker.pem", "broker.key", "crl.pem")))
        if not _is_good(files.certificate, names, self._now()):
            key = ec.generate_private_key(ec.SECP256R1())
            life = timedelta(days=BROKER_DAYS)
            made = self._sign(key.public_key(), names[0], life, names, ExtendedKeyUsageOID.SERVER_AUTH)
            keep(files.key, _key_bytes(key))
            keep(files.certificate, made.public_bytes(serialization.Encoding.PEM))
        self._write_crl()
        return files

    def _begin(self) -> None:
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Megane")])
        now = self._now()
        made = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - EARLIER)
            .not_valid_after(now + timedelta(days=AUTHORITY_DAYS))
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(_usage(signs=True), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .sign(key, hashes.SHA256())
        )
        keep(self._folder / "ca.key", _key_bytes(key))
        keep(self._folder / "ca.pem", made.public_bytes(serialization.Encoding.PEM))

    def _sign(
        self,
        key: ec.EllipticCurvePublicKey,
        name: str,
        life: timedelta,
        names: Sequence[str],
        use: x509.ObjectIdentifier,
    ) -> x509.Certificate:
        now = self._now()
        builder = (
            x509.CertificateBuilder()
            .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
            .issuer_name(self._certificate.subject)
            .public_key(key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - min(EARLIER, life / 12))
            .not_valid_after(now + life)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_usage(signs=False), critical=True)
            .add_extension(x509.ExtendedKeyUsage([use]), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key()), critical=False)
        )
        if names:
            builder = builder.add_extension(x509.SubjectAlternativeName([_name(one) for one in names]), critical=False)
        return builder.sign(self._key, hashes.SHA256())

    def _write_crl(self) -> None:
        now = self._now()
        builder = (
            x509.CertificateRevocationListBuilder()
            .issuer_name(self._certificate.subject)
            .last_update(now - EARLIER)
            .next_update(now + timedelta(days=CRL_DAYS))
        )
        for one in self._issued:
            if one.revoked_ms is not None and one.ends_ms > _ms(now):
                revoked = datetime.fromtimestamp(one.revoked_ms / 1000, UTC)
                entry = x509.RevokedCertificateBuilder().serial_number(int(one.serial, 16)).revocation_date(revoked)
                builder = builder.add_revoked_certificate(entry.build())
        made = builder.sign(self._key, hashes.SHA256())
        keep(self._folder / "crl.pem", made.public_bytes(serialization.Encoding.PEM))

    def _keep_issued(self) -> None:
        keep(self._folder / "issued.json", msgspec.json.encode(self._issued))

    def _now(self) -> datetime:
        return datetime.fromtimestamp(self._clock.now_ms() / 1000, UTC)


def _usage(*, signs: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs,
        crl_sign=signs,
        encipher_only=False,
        decipher_only=False,
    )


def _name(text: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(text))
    except ValueError:
        return x509.DNSName(text)


def _is_good(file: Path, names: Sequence[str], now: datetime) -> bool:
    """Whether the broker's certificate is there, for these names, and has a third of its time left."""
    try:
        found = x509.load_pem_x509_certificate(file.read_bytes())
        there = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (OSError, ValueError, x509.ExtensionNotFound):
        return False
    return list(there) == [_name(one) for one in names] and found.not_valid_after_utc - now > timedelta(
        days=BROKER_DAYS / 3
    )


def _fingerprint(key: ec.EllipticCurvePublicKey) -> str:
    der = key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return hashlib.sha256(der).hexdigest()


def _read_key(file: Path) -> ec.EllipticCurvePrivateKey:
    key = serialization.load_pem_private_key(file.read_bytes(), None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    return key


def _key_bytes(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _read_issued(file: Path) -> list[Issued]:
    return msgspec.json.decode(file.read_bytes(), type=list[Issued]) if file.exists() else []


def _ms(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)
