"""A limit of open files under which not every device could be connected is told before the first is refused."""

import logging

import pytest

from megane.mosquitto import FILES_BESIDE, tell_of_files


def test_more_devices_than_files_are_told_with_what_to_do(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        tell_of_files(10, 10 + FILES_BESIDE)
        assert not caplog.messages
        tell_of_files(10, 9 + FILES_BESIDE)
    assert "LimitNOFILE" in caplog.text
