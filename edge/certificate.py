"""A device's key and certificate, made, used and replaced. The work with keys is done by `openssl`, which every
Raspberry Pi OS has.

Key and certificate are two files, and belong together. So both are written down in one first, `….next`: from the moment
that this is there, whoever reads them finishes the change, whatever happened to who began it.
"""

import base64
import ssl
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec

from city.errors import UserError
from edge.kept_file import keep
from edge.settings import Tls

OPENSSL_S: Final = 60.0  # a Raspberry Pi Zero takes less than one


class EnrolmentError(UserError):
    """The device could not be enrolled, or its certificate not be renewed; it is what it was."""


class _Next(msgspec.Struct, frozen=True):
    certificate: str
    key: str


@dataclass(frozen=True, slots=True)
class Life:
    """From when to when a certificate is good, epoch ms."""

    begins_ms: int
    ends_ms: int


def key_and_request(device: str) -> tuple[str, str]:
    """A new key and its signing request, PEM. Raises EnrolmentError."""
    with tempfile.TemporaryDirectory() as folder:
        key, request = Path(folder) / "key.pem", Path(folder) / "request.pem"
        make = ("req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")
        _openssl(*make, "-keyout", str(key), "-out", str(request), "-subj", f"/CN={device}")
        return key.read_text(encoding="ascii"), request.read_text(encoding="ascii")


def sign(key: str, said: bytes) -> str:
    """ECDSA with SHA-256 by the key in that file, DER in base64. Raises EnrolmentError."""
    return base64.b64encode(_openssl("dgst", "-sha256", "-sign", key, said=said)).decode("ascii")


def life(certificate: str) -> Life:
    """Of the certificate in that file. Raises EnrolmentError."""
    said = _openssl("x509", "-in", certificate, "-noout", "-dates").decode("ascii", errors="replace")
    found = dict(line.split("=", 1) for line in said.splitlines() if "=" in line)
    try:
        begins_s, ends_s = (ssl.cert_time_to_seconds(found[name]) for name in ("notBefore", "notAfter"))
    except (KeyError, ValueError):
        raise EnrolmentError("edge.enrol-openssl", problem=said[:200]) from None
    return Life(begins_s * 1000, ends_s * 1000)


def check(authority: str, key: str, certificate: str, device: str) -> None:
    """That the certificate is the authority's (a file), for that key and that device. Raises EnrolmentError."""
    with tempfile.TemporaryDirectory() as folder:
        files = Path(folder) / "certificate.pem", Path(folder) / "key.pem"
        for file, content in zip(files, (certificate, key), strict=True):
            keep(file, content.encode())
        _openssl("verify", "-CAfile", authority, "-purpose", "sslclient", str(files[0]))
        subject = _openssl("x509", "-in", str(files[0]), "-noout", "-subject", "-nameopt", "RFC2253").decode()
        if subject.strip() != f"subject=CN={device}":
            raise EnrolmentError("edge.enrol-openssl", problem=f"the certificate is of {subject.strip()[:100]}")
        try:
            ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_cert_chain(*files)
        except (OSError, ssl.SSLError) as error:
            raise EnrolmentError("edge.enrol-openssl", problem=str(error)) from None


def put(tls: Tls, key: str, certificate: str) -> None:
    """Both take the place of those that are there, together. Durable on return. Raises OSError."""
    keep(_next(tls), msgspec.json.encode(_Next(certificate, key)))
    finish(tls)


def finish(tls: Tls) -> None:
    """Finishes a change that was begun and interrupted; nothing where there is none. Raises OSError."""
    file = _next(tls)
    try:
        found = msgspec.json.decode(file.read_bytes(), type=_Next)
    except FileNotFoundError:
        return
    except msgspec.MsgspecError:  # none of ours: it was there as a whole, or it was not there
        file.unlink()
        return
    keep(Path(tls.certificate), found.certificate.encode())
    keep(Path(tls.key), found.key.encode())
    file.unlink()


def _next(tls: Tls) -> Path:
    return Path(f"{tls.key}.next")


def _openssl(*arguments: str, said: bytes = b"") -> bytes:
    try:
        # Our own arguments; openssl is where the system has it.
        run = subprocess.run(  # noqa: S603
            ["openssl", *arguments],  # noqa: S607
            input=said,
            check=True,
            capture_output=True,
            timeout=OPENSSL_S,
        )
    except (OSError, subprocess.SubprocessError) as error:
        words = getattr(error, "stderr", None) or str(error).encode()
        raise EnrolmentError("edge.enrol-openssl", problem=words.decode(errors="replace")[:300]) from None
    return run.stdout
