"""An InfluxDB of some generation, as the store sees it, and what its HTTP answers mean.

Only 400, 413 and 422 are a word on the points sent. Everything else is a word on the server (away, busy, no such
database, wrong password): the points wait in the journal until somebody has mended it.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from pathlib import Path
from typing import Annotated, Final, Literal, Protocol

import httpx
import msgspec

from city.errors import RefusedError, UnavailableError, UserError
from ingest.stores.hours import RAW_DAYS
from ingest.stores.influxdb_tables import Table, tables

ABOUT_THE_POINTS: Final = frozenset(
    {HTTPStatus.BAD_REQUEST, HTTPStatus.REQUEST_ENTITY_TOO_LARGE, HTTPStatus.UNPROCESSABLE_ENTITY}
)
WORDS: Final = 500  # characters of an answer that are kept: a proxy's error page may be long
_DELAY: Final = re.compile(r"[0-9]{1,10}")  # RFC 9110, 10.2.3: digits alone

Generation = Literal["1", "2", "3", "victoriametrics"]


class InfluxDBError(UserError):
    """The settings of the store cannot be used, or the server cannot do what was asked of it."""


class InfluxDBSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where InfluxDB is, and how it is spoken to.

    url: without a path where there is no proxy before it
    version: generation of InfluxDB, or "victoriametrics"
    database: the database, in 2.x the bucket; Megane wants it for itself
    org: of 2.x: the organisation that the bucket belongs to
    username, password_file: of 1.x, where it asks for them
    token_file: of 2.x and 3.x
    """

    url: str = "http://127.0.0.1:8086"
    version: Generation = "1"
    database: Annotated[str, msgspec.Meta(min_length=1)] = "megane"
    org: str = ""
    username: str | None = None
    password_file: str | None = None
    token_file: str | None = None
    # A write of 5,000 points takes 20 ms; a server that has not answered in 10 s is better asked again.
    timeout_s: Annotated[float, msgspec.Meta(gt=0)] = 10.0
    raw_days: Annotated[int, msgspec.Meta(ge=0)] = RAW_DAYS  # 0: for ever
    # Whether database, retention and hourly figures are made here, or were by who looks after the server.
    create: bool = True

    def secret(self) -> str:
        """The password or token, "" where none is set. Raises InfluxDBError naming its file."""
        file = self.password_file if self.version == "1" else self.token_file
        if file is None:
            return ""
        try:
            return Path(file).read_text(encoding="utf-8").strip()
        except OSError as e:
            raise InfluxDBError("ingest.secret_unreadable", file=file, problem=e.strerror or str(e)) from e
        except UnicodeDecodeError as e:
            raise InfluxDBError("ingest.secret_unreadable", file=file, problem=str(e)) from e

    def authorization(self, scheme: str) -> dict[str, str]:
        """The header that shows the token; none where there is none. Raises InfluxDBError naming its file."""
        token = self.secret()
        if not (token.isascii() and token.isprintable()):  # RFC 9110, 5.5: what a header can carry
            problem = "a token is one line of ASCII"
            raise InfluxDBError("ingest.secret_unreadable", file=self.token_file, problem=problem)
        return {"Authorization": f"{scheme} {token}"} if token else {}


@dataclass(frozen=True, slots=True)
class Refusal:
    """The server will never take some of the points, or none of them where `whole`; `message` is its own."""

    message: str
    whole: bool = False


class Server(Protocol):
    """One generation. Blocking; safe for use from several threads.

    raw, hourly: what stands before the measurement in a query, as `"database"."policy".`; None where hourly figures
        are not kept, or nothing can be asked
    """

    raw: str | None
    hourly: str | None

    def prepare(self) -> None:
        """Makes database, retention and hourly figures where they are not there. Doing it again does no harm.

        Raises UnavailableError with the server's words where it cannot be done now.
        """
        ...

    def write(self, lines: Sequence[str]) -> Refusal | None:
        """Stores the points of these lines, but for those refused; durable on return. Raises UnavailableError."""
        ...

    def query(self, influxql: str) -> list[Table]:
        """The answer to one or more statements. Raises UnavailableError, RefusedError or InfluxDBError."""
        ...

    def reckon(self, start_ms: int, end_ms: int) -> None:
        """Brings the hourly figures of this span up to date, where the server can be told to. May raise as `query`."""
        ...

    def close(self) -> None:
        """Closes the connections."""
        ...


class Connection:
    """HTTP to one server, with one account."""

    def __init__(self, settings: InfluxDBSettings, headers: dict[str, str], auth: tuple[str, str] | None) -> None:
        """Connects to nobody yet. Raises InfluxDBError for a URL that is none."""
        try:
            url = httpx.URL(settings.url)
        except httpx.InvalidURL as e:
            raise InfluxDBError("ingest.influxdb_url", url=settings.url) from e
        if url.scheme not in {"http", "https"} or not url.host:
            raise InfluxDBError("ingest.influxdb_url", url=settings.url)
        self._client = httpx.Client(base_url=url, headers=headers, auth=auth)
        self._timeout_s = settings.timeout_s
        self._database = settings.database

    def query(self, influxql: str, timeout_s: float | None = None) -> list[Table]:
        """As `Server.query` says; times are in milliseconds. `timeout_s`: other than that of the settings.

        Asked for in chunks: in one piece, 1.x cuts an answer at `max-row-limit`, and marks as cut what it did not cut.
        """
        response = self.request(
            "POST",
            "/query",
            params={"db": self._database, "epoch": "ms", "chunked": "true"},
            data={"q": influxql},
            timeout_s=timeout_s,
        )
        if response.status_code == HTTPStatus.BAD_REQUEST:
            raise RefusedError(f"InfluxDB refuses a query: {words(response.text)}")
        if not response.is_success:
            raise failure(response.status_code, response.headers.get("retry-after"), response.text)
        return tables(response.content)

    def request(
        self,
        method: str,
        path: str,
        *,
        params: dict[str, str] | None = None,
        data: dict[str, str] | None = None,
        json: object = None,
        content: bytes | None = None,
        timeout_s: float | None = None,
    ) -> httpx.Response:
        """The answer, whatever it is. Raises UnavailableError where there is none."""
        try:
            return self._client.request(
                method,
                path,
                params=params,
                data=data,
                json=json,
                content=content,
                timeout=self._timeout_s if timeout_s is None else timeout_s,
            )
        except httpx.HTTPError as e:
            raise UnavailableError(f"InfluxDB does not answer: {str(e) or type(e).__name__}") from e

    def close(self) -> None:
        """Closes what is open."""
        self._client.close()


def refusal(points: int, body: str) -> Refusal:
    """What a refusal of so many points says. InfluxDB tells in its message how many it dropped."""
    message = words(body)
    return Refusal(message, whole=message.endswith(f"dropped={points}"))


def failure(status: int, retry_after: str | None, body: str) -> UnavailableError:
    """What to raise for an answer that is no word on the points."""
    return UnavailableError(f"InfluxDB answers {status}: {words(body)}", _seconds(retry_after))


def words(body: str) -> str:
    """The server's own words in an answer: `error` (1.x, 3.x) or `message` (2.x) of its JSON, else all of it.

    3.x says under `error` only that a line was refused, and why under `data`.
    """
    try:
        told = msgspec.json.decode(body, type=_Told)
    except msgspec.DecodeError:
        return body.strip()[:WORDS]
    lines = told.data if isinstance(told.data, list) else [told.data] if told.data else []
    why = [line.error_message for line in lines[:1] if line.error_message]
    return (": ".join([told.error, *why] if told.error else []) or told.message or body)[:WORDS]


class _RefusedLine(msgspec.Struct):
    error_message: str = ""


class _Told(msgspec.Struct):
    error: str = ""
    message: str = ""
    data: list[_RefusedLine] | _RefusedLine | None = None


def _seconds(retry_after: str | None) -> float | None:
    """Of a `Retry-After` in seconds or as a date (RFC 9110, 10.2.3); None of anything else."""
    written = (retry_after or "").strip()
    if _DELAY.fullmatch(written):
        return float(written)
    try:
        at = parsedate_to_datetime(written)
    except (ValueError, OverflowError):  # a year of twenty digits overflows
        return None
    # The only use of this machine's clock: the server's is not known, and half a minute more or less does no harm.
    return max(0.0, ((at if at.tzinfo else at.replace(tzinfo=UTC)) - datetime.now(UTC)).total_seconds())
