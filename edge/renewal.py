"""A device's certificate is renewed by the device itself, long before it ends, in a thread of its own.

From two thirds of its life on, a little earlier or later by chance, so that ten thousand devices that were enrolled on
one day do not come in one minute. What fails is tried again, ever more rarely, and told in `state`.
"""

import logging
import random
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from city.errors import UserError
from city.messages.text import Lang
from city.wire.renewal import RenewalRequest, said
from city.wire.renewal import Renewed as Answer
from edge import certificate, city_api
from edge.certificate import EnrolmentError
from edge.device_clock import Moment
from edge.settings import Tls

_log = logging.getLogger(__name__)

FROM: Final = 2 / 3  # of its life: of a year, four months are left for a device that is away
EARLIER_OR_LATER: Final = 0.05  # of its life: of a year, over five weeks
LOOK_EVERY_S: Final = 1.0  # at the clock, which costs nothing
FIRST_BACKOFF_S: Final = 60.0
LONGEST_BACKOFF_S: Final = 6 * 3600.0  # four times a day, for four months


@dataclass(frozen=True, slots=True)
class CertificateNews:
    """What became of an attempt. problem: None where the certificate is new."""

    problem: str | None


class Renewal:
    """Used by the deciding thread; what takes time is done elsewhere, and told through `post`.

    ends_ms: when the certificate ends, None where that cannot be read; problem: why it was not renewed
    """

    def __init__(self, tls: Tls, device: str, post: Callable[[CertificateNews], object], rng: random.Random) -> None:
        """post: called in any thread."""
        self._tls = tls
        self._device = device
        self._post = post
        self._rng = rng
        self._busy = False
        self._backoff_s = FIRST_BACKOFF_S
        self._due_ms: float = 0
        self.due_s = float("-inf")
        self.ends_ms: int | None = None
        self.problem: str | None = None
        self._read()

    def look(self, now_s: float, moment: Moment) -> None:
        """Begins a renewal if it is time; a device that does not know the time does not know that."""
        if now_s < self.due_s:
            return
        self.due_s = now_s + LOOK_EVERY_S
        if moment.synced and not self._busy and moment.time_ms >= self._due_ms:
            self._busy = True
            threading.Thread(target=self._run, name="renewal", daemon=True).start()

    def heard(self, news: CertificateNews, now_s: float) -> None:
        """In the deciding thread, what `post` was called with."""
        self._busy = False
        self.problem = news.problem
        if news.problem is None:
            self._backoff_s = FIRST_BACKOFF_S
            self._read()
            return
        _log.warning("the certificate is not renewed: %s", news.problem)
        self.due_s = now_s + self._backoff_s * self._rng.uniform(0.5, 1.5)
        self._backoff_s = min(LONGEST_BACKOFF_S, 2 * self._backoff_s)

    def _read(self) -> None:
        try:
            found = certificate.life(self._tls.certificate)
        except EnrolmentError as error:
            self.problem, self._due_ms = error.text(Lang.EN), float("inf")
            return
        share = FROM + self._rng.uniform(-EARLIER_OR_LATER, EARLIER_OR_LATER)
        self._due_ms = found.begins_ms + share * (found.ends_ms - found.begins_ms)
        self.ends_ms = found.ends_ms

    def _run(self) -> None:
        problem = None
        try:
            renew(self._tls, self._device)
        except UserError as error:
            problem = error.text(Lang.EN)
        except OSError as error:
            problem = str(error)
        self._post(CertificateNews(problem))


def renew(tls: Tls, device: str) -> None:
    """A new key and certificate, in the place of those that are there. Raises EnrolmentError or OSError."""
    city = city_api.address(tls)
    if city is None:
        raise EnrolmentError("edge.renew-address")
    certificate.finish(tls)
    with open(tls.certificate, encoding="ascii") as file:  # noqa: PTH123  a path of the settings
        present = file.read()
    key, request = certificate.key_and_request(device)
    proof = certificate.sign(tls.key, said(present, request))
    answer = city_api.ask(city, "/v1/enrolment/renewal", RenewalRequest(present, request, proof), Answer)
    certificate.check(tls.authority, key, answer.certificate, device)
    certificate.put(tls, key, answer.certificate)
