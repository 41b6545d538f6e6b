"""How far certificates are into their lives: those count that devices have, and only where a renewal is overdue."""

from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from edge.renewal import EARLIER_OR_LATER, FROM
from megane.authority import DEVICE_DAYS, Authority
from megane.certificate_age import OVERDUE, CertificateAge
from tests.support.manual_clock import ManualClock

DAY_S = 86_400
TOBA, MIONO = "rpi-toba", "rpi-miono"


class Town:
    """Two devices of a catalog, and an authority that issues to anybody."""

    def __init__(self, folder: Path) -> None:
        self.clock = ManualClock()
        self.authority = Authority(folder, self.clock)
        self.told: dict[str, int] = {}
        self.age = CertificateAge(self.authority.issued, lambda: self.told, {TOBA, MIONO}, self.clock)

    def issue(self, device: str) -> int:
        """When the new certificate ends, epoch ms."""
        request = x509.CertificateSigningRequestBuilder().subject_name(x509.Name([]))
        signed = request.sign(ec.generate_private_key(ec.SECP256R1()), hashes.SHA256())
        self.authority.issue(device, signed.public_bytes(serialization.Encoding.PEM))
        return self.authority.issued()[-1].ends_ms

    def pass_of_life(self, share: float) -> None:
        """So much of a certificate's life."""
        self.clock.advance(share * DEVICE_DAYS * DAY_S)


@pytest.fixture
def town(tmp_path: Path) -> Town:
    return Town(tmp_path)


def test_a_city_without_certificates_has_none_that_is_old(town: Town) -> None:
    assert town.age.percent() == 0


def test_it_is_told_from_where_a_renewal_is_overdue_until_the_end(town: Town) -> None:
    town.issue(TOBA)
    found = []
    for _ in range(22):
        town.pass_of_life(0.05)
        found.append(town.age.percent())

    assert found[:14] == [0] * 14
    assert found[14:] == pytest.approx([75, 80, 85, 90, 95, 100, 100, 100], abs=1)
    assert all(percent == int(percent) for percent in found)


def test_a_device_that_renews_as_it_should_is_never_overdue() -> None:
    assert FROM + EARLIER_OR_LATER < OVERDUE


def test_the_one_that_is_furthest_counts(town: Town) -> None:
    town.issue(TOBA)
    town.pass_of_life(0.1)
    town.issue(MIONO)
    town.pass_of_life(0.8)
    assert town.age.percent() == pytest.approx(90, abs=1)
    town.issue(TOBA)
    assert town.age.percent() == pytest.approx(80, abs=1)


def revoke(town: Town) -> None:
    town.authority.revoke(TOBA)


def replace(town: Town) -> None:
    """Revoked, and a new one for the new hardware."""
    town.authority.revoke(TOBA)
    town.issue(TOBA)


def renew(town: Town) -> None:
    town.told[TOBA] = town.issue(TOBA)


@pytest.mark.parametrize("end", [revoke, replace, renew], ids=["revoked", "replaced", "renewed"])
def test_what_is_over_does_not_count(town: Town, end: Callable[[Town], object]) -> None:
    town.told[TOBA] = town.issue(TOBA)
    town.pass_of_life(0.9)
    assert town.age.percent() > 0
    end(town)
    assert town.age.percent() == 0


def test_a_new_certificate_that_never_arrived_leaves_the_old_one_counting(town: Town) -> None:
    old_ms = town.told[TOBA] = town.issue(TOBA)
    town.pass_of_life(0.9)
    tried_ms = []
    for _ in range(3):
        tried_ms.append(town.issue(TOBA))
        assert town.age.percent() == pytest.approx(90, abs=1)
    town.told[TOBA] = tried_ms[-1]
    assert old_ms < town.told[TOBA]
    assert town.age.percent() == 0


def test_a_device_that_the_catalog_has_not_does_not_count(town: Town) -> None:
    town.issue("rpi-of-another-city")
    town.pass_of_life(0.9)
    assert town.age.percent() == 0
