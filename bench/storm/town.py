"""The town of the storm: gauges on rivers, ten rules each, three sections, and each section's three endpoints."""

import base64
import json
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from administration.signature import PREFIX

LOWEST: Final = 3.0  # metres: the first rule's threshold
CALM_M, FLOOD_M = 1.5, 9.0  # under all of them, and over
RULES: Final = 10
RIVERS: Final = 20
# A section, and the playbook that its rules start.
PLAYBOOKS: Final[Mapping[str, str]] = {"bosai": "plain", "doboku": "by-river", "suido": "after-a-wait"}
SECTIONS: Final = tuple(PLAYBOOKS)
PROMPT: Final = ("1", "2")  # endpoints of each section that answer at once; the third falls ill with the storm
ILL: Final = "ill"

_TITLE: Final = {"ja": "水位", "en": "level"}
_STEPS: Final[Mapping[str, Mapping[str, object]]] = {
    "plain": {"steps": [{"webhook": {}}]},
    "by-river": {
        "group": {"by": ["river"], "window": "30m"},
        "steps": [
            {"webhook": {}},
            {"case": {"section": "doboku", "title": "{incident.title}", "due": "30m", "checklist": ["巡視"]}},
        ],
    },
    "after-a-wait": {
        "steps": [
            {"webhook": {}},
            {"wait": {"for": "20s"}},
            {"case": {"section": "suido", "title": "{incident.title}"}},
        ]
    },
}


def endpoint(section: str, which: str) -> str:
    """One of a section's three."""
    return f"{section}-{which}"


def endpoints() -> tuple[str, ...]:
    """All nine."""
    return tuple(endpoint(section, which) for section in SECTIONS for which in (*PROMPT, ILL))


def section_of(rule: str) -> str:
    """Whose rule it is."""
    return SECTIONS[int(rule.rpartition("-")[2]) % len(SECTIONS)]


def device(number: int) -> str:
    """A gauge's device."""
    return f"gauge-{number:04}"


def write_town(folder: Path, devices: int) -> None:
    """The files of the city."""
    for kind, content in (("catalog", _catalog(devices)), ("rules", _rules())):  # JSON is YAML too
        (folder / kind).mkdir(parents=True)
        (folder / kind / "storm.yaml").write_text(json.dumps(content, ensure_ascii=False, indent=1), encoding="utf-8")
    (folder / "playbooks").mkdir()
    for name, steps in _STEPS.items():
        text = json.dumps({"id": name, "title": _TITLE, **steps}, ensure_ascii=False, indent=1)
        (folder / "playbooks" / f"{name}.yaml").write_text(text, encoding="utf-8")


def write_settings(folder: Path, urls: Mapping[str, str], database: str | None) -> Path:
    """Settings that name where the endpoints are, and the server for business where it is not a file."""
    secret, file = folder / "secret", folder / "settings.toml"
    secret.write_text(PREFIX + base64.b64encode(secrets.token_bytes(32)).decode(), encoding="ascii")
    lines = [] if database is None else ["[database]", f'url = "{database}"']
    for name, url in urls.items():
        lines += [f"[endpoints.{name}]", f'url = "{url}"', f'secret_files = ["{secret}"]']
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return file


def _catalog(devices: int) -> Mapping[str, object]:
    sensor = {"title": _TITLE, "quantity": "water_level", "unit": "m"}
    line = [[35.95, 136.15], [35.95, 136.25]]
    departments = [
        {
            "id": section,
            "title": _TITLE,
            "endpoints": [
                {"id": endpoint(section, which), "title": _TITLE, "owners": [section]} for which in (*PROMPT, ILL)
            ],
        }
        for section in SECTIONS
    ]
    sites = [
        {
            "id": f"site-{k}",
            "title": _TITLE,
            "area": "town",
            "latitude": 35.95,
            "longitude": 136.2,
            "river": f"river-{k}",
        }
        for k in range(RIVERS)
    ]
    gauges = [
        {
            "id": device(k),
            "title": _TITLE,
            "site": f"site-{k % RIVERS}",
            "owner": SECTIONS[0],
            "sensors": {"water_level": sensor},
        }
        for k in range(devices)
    ]
    return {
        "city": {"id": "storm", "title": _TITLE, "outline": [[35.9, 136.1], [35.9, 136.3], [36.0, 136.2]]},
        "zones": [{"id": "town", "title": _TITLE}],
        "areas": [{"id": "town", "title": _TITLE, "zone": "town"}],
        "rivers": [{"id": f"river-{k}", "title": _TITLE, "line": line} for k in range(RIVERS)],
        "departments": departments,
        "sites": sites,
        "devices": gauges,
    }


def _rules() -> list[Mapping[str, object]]:
    return [
        {
            "id": f"above-{k}",
            "title": _TITLE,
            "owner": section_of(f"above-{k}"),
            "select": {"quantity": "water_level"},
            "raise": f"last() >= {LOWEST + k / 10}",
            "severity": 3,
            "playbook": PLAYBOOKS[section_of(f"above-{k}")],
        }
        for k in range(RULES)
    ]
