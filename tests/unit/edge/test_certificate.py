"""Key and certificate belong together, whenever whoever replaces them dies."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from edge import certificate
from edge.connection import tls_context
from edge.settings import Tls
from megane.authority import Authority
from megane.clocks import SystemClock
from tests.support.edge_process import ROOT

DEVICE = "rpi-toba"

# Dies by its own hand (SIGKILL) before the n-th of its changes of files, as a power cut would have it.
DIES = """
import os, signal, sys
from pathlib import Path
from edge.certificate import put
from edge.settings import Tls
folder, count = Path(sys.argv[1]), int(sys.argv[2])
tls = Tls(*(str(folder / name) for name in ("ca.pem", "device.pem", "device.key")))
key, made = ((folder / name).read_text() for name in ("new.key", "new.pem"))
def hook(event, arguments):
    global count
    if event in ("os.rename", "os.remove", "open") and str(folder) in str(arguments[0]):
        count -= 1
        if count == 0:
            os.kill(os.getpid(), signal.SIGKILL)
sys.addaudithook(hook)
put(tls, key, made)
"""
ENOUGH = 30  # changes; a renewal makes fewer


@pytest.fixture
def tls(tmp_path: Path) -> Tls:
    """A device that has a pair, and beside it another that is to take its place."""
    authority = Authority(tmp_path / "authority", SystemClock())
    made = Tls(*(str(tmp_path / name) for name in ("ca.pem", "device.pem", "device.key")))
    Path(made.authority).write_bytes(authority.certificate)
    for key_file, file in ((made.key, made.certificate), (tmp_path / "new.key", tmp_path / "new.pem")):
        key, request = certificate.key_and_request(DEVICE)
        Path(key_file).write_text(key)
        Path(file).write_bytes(authority.issue(DEVICE, request.encode()))
    return made


def test_whoever_dies_while_replacing_them_leaves_a_pair_that_works(tls: Tls, tmp_path: Path) -> None:
    new = (tmp_path / "new.pem").read_bytes()
    was_new = []
    for change in range(1, ENOUGH):
        command = [sys.executable, "-c", DIES, str(tmp_path), str(change)]
        run = subprocess.run(command, check=False, cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)})
        if run.returncode == 0:
            break
        assert run.returncode == -signal.SIGKILL
        certificate.finish(tls)
        tls_context(tls)
        was_new.append(Path(tls.certificate).read_bytes() == new)
    else:
        raise AssertionError
    assert was_new[0] is False
    assert was_new[-1] is True
    certificate.finish(tls)
    tls_context(tls)


def test_another_devices_certificate_another_key_and_another_authority_are_not_taken(tls: Tls, tmp_path: Path) -> None:
    authority = Authority(tmp_path / "authority", SystemClock())
    other = Authority(tmp_path / "other", SystemClock())
    key, request = certificate.key_and_request(DEVICE)
    other_key, _ = certificate.key_and_request(DEVICE)
    made = authority.issue(DEVICE, request.encode()).decode()
    certificate.check(tls.authority, key, made, DEVICE)
    for wrong_key, wrong in (
        (other_key, made),
        (key, authority.issue("rpi-kita", request.encode()).decode()),
        (key, other.issue(DEVICE, request.encode()).decode()),
        (key, "rubbish"),
    ):
        with pytest.raises(certificate.EnrolmentError):
            certificate.check(tls.authority, wrong_key, wrong, DEVICE)
