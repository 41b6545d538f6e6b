"""What a city is started with hangs together: names, secrets, limits and hardening."""

import configparser
import re
import shutil
import subprocess
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from api.grafana.sources import CITY_UID, INFLUXDB_UID, METRICS_UID
from api.routes.prometheus import PREFIX
from megane.settings import load_settings

ROOT = Path(__file__).parents[3]
DEPLOY = ROOT / "deploy"
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))


def read(path: str) -> Any:
    return YAML(typ="safe").load(DEPLOY / path)


COMPOSE = read("compose.yaml")
SERVICES: Mapping[str, Any] = COMPOSE["services"]


def test_there_is_what_a_city_starts_with() -> None:
    assert {"mosquitto", "influxdb", "grafana", "megane"} <= SERVICES.keys()
    assert SERVICES["influxdb"]["image"].startswith("influxdb:2.")


@pytest.mark.parametrize("name", SERVICES.keys())
def test_a_service_is_hardened_and_of_a_named_version(name: str) -> None:
    service = SERVICES[name]

    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service.get("privileged") is None
    assert not service["image"].endswith((":latest", name))
    assert int(service["user"].split(":")[0]) > 0 if "user" in service else "build" in service


@pytest.mark.parametrize("name", SERVICES.keys())
def test_a_service_says_whether_it_is_well(name: str) -> None:
    service = SERVICES[name]
    if "build" in service:
        assert "HEALTHCHECK" in (DEPLOY / service["build"]["dockerfile"].removeprefix("deploy/")).read_text()
    else:
        check = service["healthcheck"]
        assert check["test"][0] in {"CMD", "CMD-SHELL"}
        assert {"interval", "timeout", "retries"} <= check.keys()


def test_what_services_name_is_there() -> None:
    secrets, volumes = COMPOSE["secrets"], COMPOSE["volumes"]
    for service in SERVICES.values():
        assert set(service.get("secrets", [])) <= secrets.keys()
        assert set(service.get("depends_on", {})) <= SERVICES.keys()
        for mount in service["volumes"]:
            source = mount.split(":")[0]
            known = source in volumes if not source.startswith(".") else (DEPLOY / source).exists()
            assert known or source == "./grafana/dashboards", mount
        for file in service.get("env_file", []):
            assert (DEPLOY / file).is_file()


def test_only_devices_come_from_outside() -> None:
    ports = [port for service in SERVICES.values() for port in service.get("ports", [])]

    assert sorted(port for port in ports if not port.startswith("127.0.0.1:")) == ["${MQTT_BIND:-0.0.0.0}:1883:1883"]


def test_a_secret_is_made_by_the_script_and_never_written_down() -> None:
    script = (DEPLOY / "secrets.sh").read_text()
    for secret in COMPOSE["secrets"].values():
        assert Path(secret["file"]).name in script
    for file in (DEPLOY / "environment").iterdir():
        for line in file.read_text().splitlines():
            assert not re.match(r"\w*(PASSWORD|TOKEN|SECRET)=", line), line
    subprocess.run(["sh", "-n", DEPLOY / "secrets.sh"], check=True)


def test_the_city_takes_its_settings() -> None:
    settings = load_settings(DEPLOY / "megane.toml", environment("megane.env"), {})

    assert settings.store.kind == "influxdb"
    assert settings.mqtt.broker is False
    assert "megane" in settings.http.allowed_hosts
    assert settings.store.options["url"] == "http://influxdb:8086"
    assert settings.store.options["database"] == environment("influxdb.env")["DOCKER_INFLUXDB_INIT_BUCKET"]
    assert settings.store.options["org"] == environment("influxdb.env")["DOCKER_INFLUXDB_INIT_ORG"]


def environment(name: str) -> dict[str, str]:
    lines = (DEPLOY / "environment" / name).read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def test_grafana_is_given_the_sources_that_dashboards_ask() -> None:
    sources = {source["uid"]: source for source in read("grafana/provisioning/datasources/megane.yaml")["datasources"]}
    settings = tomllib.loads((DEPLOY / "megane.toml").read_text())

    assert sources.keys() == {CITY_UID, INFLUXDB_UID, METRICS_UID}
    assert sources[CITY_UID]["url"] == f"http://megane:8080{PREFIX}"
    assert sources[INFLUXDB_UID]["jsonData"]["version"] == "InfluxQL"
    assert sources[INFLUXDB_UID]["jsonData"]["dbName"] == settings["store"]["options"]["database"]
    for source in sources.values():
        assert re.match(r"http://(\w+):", source["url"])[1] in SERVICES  # type: ignore[index]


def test_dashboards_are_read_where_compose_puts_them() -> None:
    (provider,) = read("grafana/provisioning/dashboards/megane.yaml")["providers"]

    assert any(f":{provider['options']['path']}:ro" in mount for mount in SERVICES["grafana"]["volumes"])


def test_mosquitto_has_the_limits_of_the_template() -> None:
    def limits(text: str) -> dict[str, str]:
        lines = (line.partition(" ") for line in text.splitlines() if line and not line.startswith("#"))
        return {name: value for name, _, value in lines if name.startswith(("max_", "queue_", "message_", "autosave_"))}

    template = limits((ROOT / "broker_config" / "mosquitto.conf.template").read_text())
    assert limits((DEPLOY / "mosquitto" / "mosquitto.conf").read_text()) == template
    assert template


def test_the_image_runs_as_nobody_in_particular() -> None:
    last = (DEPLOY / "Dockerfile").read_text().split("\nFROM ")[-1]

    assert re.search(r"^USER [1-9]\d+:[1-9]\d+$", last, re.MULTILINE)
    assert last.index("USER") < last.index("ENTRYPOINT")
    for copied in re.findall(r"^COPY (?!--from)(.+) \S+$", (DEPLOY / "Dockerfile").read_text(), re.MULTILINE):
        assert all((ROOT / source).exists() for source in copied.split()), copied


def unit(file: Path) -> Mapping[str, str]:
    parser = configparser.ConfigParser(strict=False, interpolation=None)
    parser.optionxform = str  # type: ignore[assignment,method-assign]  # names of directives have capitals
    parser.read(file)
    return dict(parser["Service"])


@pytest.mark.parametrize("file", UNITS, ids=lambda file: file.name)
def test_a_unit_is_hardened(file: Path) -> None:
    service = unit(file)

    assert service["User"] == "megane"
    for directive in ("NoNewPrivileges", "ProtectHome", "PrivateTmp", "PrivateDevices", "RestrictSUIDSGID"):
        assert service[directive] == "yes"
    assert service["ProtectSystem"] == "strict"
    assert service["CapabilityBoundingSet"] == ""
    assert service["SystemCallFilter"]


def test_the_city_is_watched_by_systemd() -> None:
    service = unit(DEPLOY / "systemd" / "megane.service")

    assert (service["Type"], service["NotifyAccess"]) == ("notify", "main")
    assert service["WatchdogSec"] == "60s"
    assert service["Restart"] == "always"


@pytest.mark.parametrize("file", UNITS, ids=lambda file: file.name)
def test_systemd_finds_nothing_wrong(file: Path, tmp_path: Path) -> None:
    analyze = shutil.which("systemd-analyze")
    assert analyze, "systemd is part of Debian"
    # It looks for the program, which is not installed where tests run.
    copy = tmp_path / file.name
    copy.write_text(file.read_text().replace("/opt/megane/bin/megane", "/bin/true"))

    verified = subprocess.run([analyze, "verify", "--man=no", copy], capture_output=True, text=True, check=False)
    security = subprocess.run(
        [analyze, "security", "--offline=true", "--threshold=20", copy], capture_output=True, text=True, check=False
    )

    assert file.name not in verified.stderr, verified.stderr
    assert security.returncode == 0, security.stdout
