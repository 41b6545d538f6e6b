"""`python -m edge.enrol --city https://city.example.jp --code …`: the device becomes known to its city.

It makes a key that never leaves it, asks for a certificate, and writes both, with the city's authority, where its
settings have them. Run again with a new code, it has a new key. The key and the request are made by `openssl`, which
every Raspberry Pi OS has.
"""

import argparse
import logging
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
from pathlib import Path
from typing import Final

import msgspec

from city.errors import UserError
from city.wire.enrolment import Code, Enrolled
from city.wire.errors import WireError
from edge.kept_file import keep
from edge.language import language
from edge.settings import Tls, read_settings

TIMEOUT_S: Final = 60.0  # a modem in the hills takes some seconds, the city less than one
MAX_BYTES: Final = 64 * 1024  # of an answer: two certificates are 2 KB

_log = logging.getLogger(__name__)


class EnrolmentError(UserError):
    """The device could not be enrolled; it is what it was."""


def enrol(city: str, code: Code, device: str, tls: Tls) -> None:
    """Writes key, certificate and authority. Raises EnrolmentError, and then nothing is written."""
    with tempfile.TemporaryDirectory() as folder:
        key, request = _key_and_request(Path(folder), device)
        answer = _ask(city, code, request)
        if answer.device != device:
            raise EnrolmentError("edge.enrol-other", device=device, other=answer.device)
        # The key last: until it is there, what was there before goes together.
        _write(Path(tls.authority), answer.authority)
        _write(Path(tls.certificate), answer.certificate)
        _write(Path(tls.key), key)


def _key_and_request(folder: Path, device: str) -> tuple[str, str]:
    key, request = folder / "key.pem", folder / "request.pem"
    make = ["openssl", "req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    command = [*make, "-keyout", str(key), "-out", str(request), "-subj", f"/CN={device}"]
    try:
        subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603  our own arguments
    except (OSError, subprocess.CalledProcessError) as error:
        raise EnrolmentError("edge.enrol-openssl", problem=getattr(error, "stderr", "") or str(error)) from None
    return key.read_text(encoding="ascii"), request.read_text(encoding="ascii")


def _ask(city: str, code: Code, request: str) -> Enrolled:
    asked = urllib.request.Request(  # noqa: S310  the address is a person's own
        f"{city.rstrip('/')}/v1/enrolment",
        msgspec.json.encode(code.ask(request)),
        {"content-type": "application/json", "accept": "application/json"},
    )
    try:
        with urllib.request.urlopen(asked, timeout=TIMEOUT_S) as response:  # noqa: S310
            answer = msgspec.json.decode(response.read(MAX_BYTES), type=Enrolled)
    except urllib.error.HTTPError as error:
        said = error.read(MAX_BYTES).decode(errors="replace")
        raise EnrolmentError("edge.enrol-refused", city=city, said=said[:500]) from None
    except (OSError, ValueError, msgspec.MsgspecError) as error:
        raise EnrolmentError("edge.enrol-unreachable", city=city, problem=str(error)) from None
    if not code.is_of(answer):
        raise EnrolmentError("edge.enrol-forged", city=city)
    return answer


def _write(file: Path, content: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    keep(file, content.encode())


def main() -> int:
    """Parses the command line, and enrols."""
    parser = argparse.ArgumentParser(
        prog="python -m edge.enrol",
        description="装置を市に登録します / Enrols the device with its city",
        epilog="例 / example: python -m edge.enrol --city https://city.example.jp --code abcd-efgh-…",
    )
    parser.add_argument("--settings", default="/etc/megane-edge/agent.toml", help="設定ファイル / the settings (TOML)")
    parser.add_argument("--city", required=True, help="市の API の URL / the URL of the city's API")
    parser.add_argument("--code", required=True, help="登録コード / the code")
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    try:
        settings = read_settings(Path(arguments.settings))
        if settings.tls is None:
            raise EnrolmentError("edge.enrol-no-tls", file=arguments.settings)
        enrol(arguments.city, _code(arguments.code), settings.device, settings.tls)
    except UserError as error:
        print(error.text(language()), file=sys.stderr)  # noqa: T201  whoever started it reads this
        return 2
    _log.info("%s: 登録しました / enrolled", settings.device)
    return 0


def _code(text: str) -> Code:
    try:
        return Code.read(text)
    except WireError:
        raise EnrolmentError("edge.enrol-code") from None


if __name__ == "__main__":
    sys.exit(main())
