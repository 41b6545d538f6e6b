"""`megane check`: looks a city's files and settings over, and says everything that is wrong at once."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec
from rich.console import Console

from administration.playbook import Playbook, load_playbooks
from alerts.rule_file import read_rules as read_rule_set
from city.catalog import Catalog
from city.catalog_file import load_catalog
from city.errors import Mistake, MistakesError
from city.messages import say
from city.messages.text import Lang
from city.sensor_health import measured
from megane.addresses import heartbeat_addresses, read_addresses
from megane.channels import read_channels, unnamed_channels
from megane.city_files import read_folder, read_playbooks
from megane.postgresql import look_at_server, postgresql_url
from megane.settings import Settings
from megane.stores import look_over


class Found(msgspec.Struct, frozen=True):
    """One thing found: where, and what, in the language asked for."""

    file: str
    line: int
    column: int
    text: str

    @classmethod
    def of(cls, mistake: Mistake, lang: Lang) -> "Found":
        """The mistake, told."""
        place = mistake.place
        return cls(place.file, place.line, place.column, mistake.text(lang))


class Checked(msgspec.Struct, frozen=True):
    """What came of a check: mistakes keep the city from starting, warnings do not."""

    mistakes: Sequence[Found]
    warnings: Sequence[Found]
    sensors: int
    rules: int


def run_check(settings: Settings, *, as_json: bool, lang: Lang) -> None:
    """The command. Raises MistakesError when there is a mistake, so that it is told like any other and exits 1."""
    catalog, playbooks, rules, mistakes, warnings = _look(settings)
    store = look_over(settings.store, catalog, lang) if catalog else None
    server = postgresql_url(settings.database)
    if server is not None:
        look_at_server(server)
    read_addresses(settings.endpoints)
    read_channels(settings.channels)
    heartbeat_addresses(settings.heartbeat.urls, settings.heartbeat.secret_files)
    checked = Checked(
        [Found.of(mistake, lang) for mistake in mistakes],
        [*(Found.of(warning, lang) for warning in warnings), *([Found("[store]", 0, 0, store)] if store else [])],
        len(measured(catalog.sensors)) if catalog else 0,
        rules,
    )
    if as_json:
        print(msgspec.json.encode(checked).decode())  # noqa: T201  the command's result
    else:
        _show(checked, _unaddressed(settings, catalog), unnamed_channels(settings, playbooks or {}), lang)
    if mistakes:
        raise MistakesError(mistakes)


def _look(
    settings: Settings,
) -> tuple[Catalog | None, Mapping[str, Playbook] | None, int, list[Mistake], list[Mistake]]:
    """Catalog, playbooks, number of rules, mistakes and warnings. A broken file keeps nothing else from being read."""
    mistakes: list[Mistake] = []
    warnings: list[Mistake] = []
    catalog: Catalog | None = None
    count = 0
    try:
        catalog = load_catalog(read_folder(Path(settings.city), "catalog"), settings.mqtt.root)
    except MistakesError as e:
        mistakes += e.mistakes
    playbooks: Mapping[str, Playbook] | None = None
    try:
        playbooks = load_playbooks(read_playbooks(Path(settings.city)), catalog)
    except MistakesError as e:
        mistakes += e.mistakes
    try:
        rules = read_rule_set(read_folder(Path(settings.city), "rules"), catalog, playbooks=playbooks)
        warnings += rules.warnings
        count = len(rules.rules)
    except MistakesError as e:
        mistakes += e.mistakes
    return catalog, playbooks, count, mistakes, warnings


def _unaddressed(settings: Settings, catalog: Catalog | None) -> Sequence[str]:
    """Endpoints of the catalog to which nothing can be sent, because no setting says where they are."""
    if catalog is None:
        return ()
    every = (endpoint.id for department in catalog.departments.values() for endpoint in department.endpoints)
    return sorted(name for name in every if name not in settings.endpoints)


def _show(checked: Checked, unaddressed: Sequence[str], unnamed: Sequence[str], lang: Lang) -> None:
    console = Console(highlight=False, markup=False, soft_wrap=True)
    for warning in checked.warnings:
        console.print(warning.text)
    if unaddressed:
        console.print(say("megane.check-unaddressed", lang, endpoints=", ".join(unaddressed)))
    if unnamed:
        console.print(say("megane.check-unnamed-channels", lang, channels=", ".join(unnamed)))
    if not checked.mistakes:
        console.print(say("megane.check-fine", lang, sensors=checked.sensors, rules=checked.rules))
