"""`python -m edge.enrol --city https://city.example.jp --code …`: the device becomes known to its city.

It makes a key that never leaves it, asks for a certificate, and writes both, with the city's authority, where its
settings have them. Run again with a new code, it has a new key. The key and the request are made by `openssl`, which
every Raspberry Pi OS has.
"""

import argparse
import logging
import sys
from pathlib import Path

from city.errors import UserError
from city.wire.enrolment import Code, Enrolled
from city.wire.errors import WireError
from edge import certificate, city_api
from edge.certificate import EnrolmentError
from edge.kept_file import keep
from edge.language import language
from edge.settings import Tls, read_settings

_log = logging.getLogger(__name__)


def enrol(city: str, code: Code, device: str, tls: Tls) -> None:
    """Writes key, certificate, authority and the city's address. Raises EnrolmentError, and then nothing is written."""
    key, request = certificate.key_and_request(device)
    answer = city_api.ask(city, "/v1/enrolment", code.ask(request), Enrolled)
    if not code.is_of(answer):
        raise EnrolmentError("edge.enrol-forged", city=city)
    if answer.device != device:
        raise EnrolmentError("edge.enrol-other", device=device, other=answer.device)
    for file in (tls.authority, tls.certificate, tls.key):
        Path(file).parent.mkdir(parents=True, exist_ok=True)
    keep(Path(tls.authority), answer.authority.encode())
    city_api.keep_address(tls, city)
    certificate.put(tls, key, answer.certificate)


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
