"""What a device asks of the city's API, and where that is: beside its certificate, from the enrolment on."""

import urllib.error
import urllib.request
from pathlib import Path
from typing import Final, TypeVar

import msgspec

from edge.certificate import EnrolmentError
from edge.kept_file import keep
from edge.settings import Tls

TIMEOUT_S: Final = 60.0  # a modem in the hills takes some seconds, the city less than one
MAX_BYTES: Final = 64 * 1024  # of an answer: two certificates are 2 KB

T = TypeVar("T")


def ask(city: str, path: str, body: object, answer: type[T]) -> T:
    """What the city answers. Raises EnrolmentError."""
    asked = urllib.request.Request(  # noqa: S310  the address is a person's own
        f"{city.rstrip('/')}{path}",
        msgspec.json.encode(body),
        {"content-type": "application/json", "accept": "application/json"},
    )
    try:
        with urllib.request.urlopen(asked, timeout=TIMEOUT_S) as response:  # noqa: S310
            return msgspec.json.decode(response.read(MAX_BYTES), type=answer)
    except urllib.error.HTTPError as error:
        said = error.read(MAX_BYTES).decode(errors="replace")
        raise EnrolmentError("edge.enrol-refused", city=city, said=said[:500]) from None
    except (OSError, ValueError, msgspec.MsgspecError) as error:
        raise EnrolmentError("edge.enrol-unreachable", city=city, problem=str(error)) from None


def keep_address(tls: Tls, city: str) -> None:
    """Durable on return. Raises OSError."""
    keep(_file(tls), f"{city}\n".encode())


def address(tls: Tls) -> str | None:
    """As it was at the enrolment; None where it is not written down."""
    try:
        return _file(tls).read_text(encoding="utf-8").strip() or None
    except (OSError, UnicodeDecodeError):
        return None


def _file(tls: Tls) -> Path:
    return Path(f"{tls.certificate}.city")
