import logging
from pathlib import Path

import pytest

import api.app
from api.app import FRONTEND, create_app, missing_frontend
from api.feed import Feed
from tests.support.served_pages import browse
from tests.support.shown_city import sabae


def test_all_that_pages_name_is_there() -> None:
    assert missing_frontend() == []
    with browse(sabae()) as client:
        for file in FRONTEND:
            assert client.get(f"/static/{file}").status_code == 200


def test_missing_libraries_are_said_and_stop_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(api.app, "STATIC", tmp_path)
    city = sabae()
    with caplog.at_level(logging.WARNING, logger="megane.api"):
        create_app(city.view(), Feed(city.view()))
    assert "scripts/frontend" in caplog.text
    with browse(city) as client:
        assert client.get("/").status_code == 200
        assert client.get("/static/vendor/leaflet/leaflet.js").status_code == 404
