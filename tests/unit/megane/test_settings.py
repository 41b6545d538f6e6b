from pathlib import Path

import pytest

from city.messages.text import Lang
from megane.settings import Settings, SettingsError, load_settings, read_secret


def test_defaults_bind_to_this_machine_alone() -> None:
    settings = load_settings(None, {}, {})
    assert settings == Settings()
    assert (settings.mqtt.bind, settings.http.bind) == ("127.0.0.1", "127.0.0.1")


def test_environment_lies_over_the_file_and_the_command_line_over_both(tmp_path: Path) -> None:
    file = tmp_path / "megane.toml"
    file.write_text('home = "state"\n[http]\nport = 1\n[mqtt]\nport = 1\nroot = "town"\n')
    environment = {"MEGANE_HTTP__PORT": "2", "MEGANE_MQTT__PORT": "2", "MEGANE_LANG": "en", "OTHER": "x"}
    settings = load_settings(file, environment, {"mqtt.port": 3, "http.bind": None})
    assert (settings.http.port, settings.mqtt.port, settings.mqtt.root) == (2, 3, "town")
    assert settings.home == str(tmp_path / "state")


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("[http]\nprot = 80\n", "prot"),
        ("[endpoints.bosai]\nurl = 3\n", "$.endpoints[...].url"),
        ("[http]\nport = 'x'\n", "$.http.port"),
        ("= 1", "line 1"),
    ],
)
def test_a_mistake_is_named_with_file_and_path(tmp_path: Path, text: str, path: str) -> None:
    file = tmp_path / "megane.toml"
    file.write_text(text)
    with pytest.raises(SettingsError) as caught:
        load_settings(file, {}, {})
    assert path in caught.value.text(Lang.JA)
    assert str(file) in caught.value.text(Lang.EN)


def test_an_unknown_variable_is_refused_like_an_unknown_key() -> None:
    with pytest.raises(SettingsError, match="storage"):
        load_settings(None, {"MEGANE_STORAGE__KIND": "duckdb"}, {})


def test_a_secret_comes_from_its_file_without_the_line_break(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_text("whsec_c2VjcmV0\n")
    assert read_secret(str(file)) == "whsec_c2VjcmV0"
    with pytest.raises(SettingsError, match="nowhere"):
        read_secret(str(tmp_path / "nowhere"))
    file.write_bytes(b"\xd0\xff")
    with pytest.raises(SettingsError, match="utf-8"):
        read_secret(str(file))
