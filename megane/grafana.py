"""`megane grafana push` and `write`: brings a city's dashboards to Grafana, over its API or as files."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, cast
from urllib.parse import urlsplit

import niquests
from grafana_client.api import GrafanaApi
from grafana_client.client import GrafanaClientError, GrafanaException
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from rich.console import Console

from api.grafana.boards import boards
from api.grafana.readings import READINGS
from api.grafana.sources import CITY_UID, INFLUXDB_UID, METRICS_UID
from city.catalog import Catalog
from city.catalog_file import load_catalog
from city.errors import RefusedError, UserError
from city.messages import say
from city.messages.text import Lang
from megane.city_files import read_folder
from megane.settings import Settings, read_secret

TIMEOUT_S: Final = 30.0  # a Grafana on a small machine that has just started
NOT_FOUND: Final = 404

# What Grafana itself keeps in a dashboard: not part of what we say.
KEPT_BY_GRAFANA: Final = frozenset({"id", "version"})
Board = Mapping[str, object]
Ask = Callable[[str], Mapping[str, object]]


class GrafanaError(UserError, RefusedError):
    """Grafana did not do what it was asked, or cannot be asked so."""


@dataclass(slots=True)
class Pushed:
    """What a push changed: titles, in order."""

    folder: str | None = None
    created: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    unchanged: int = 0
    missing_sources: list[str] = field(default_factory=list)


def run_write(settings: Settings, folder: Path, readings: str, *, lang: Lang) -> None:
    """The command `write`: one JSON file a dashboard, the same bytes for the same city."""
    made = dashboards(load_catalog(read_folder(Path(settings.city), "catalog")), readings, lang)
    folder.mkdir(parents=True, exist_ok=True)
    for board in made:
        text = json.dumps(board, ensure_ascii=False, indent=1, sort_keys=True)
        (folder / f"{board['uid']}.json").write_text(f"{text}\n", encoding="utf-8")
    print(say("grafana.written", lang, count=len(made), folder=folder))  # noqa: T201  the command's result


def run_push(settings: Settings, url: str, token_file: Path | None, readings: str, *, lang: Lang) -> None:
    """The command `push`. Raises GrafanaError for what a person can mend."""
    if token_file is None:
        raise GrafanaError("grafana.no-token")
    if urlsplit(url).scheme not in {"http", "https"} or not urlsplit(url).hostname:
        raise GrafanaError("grafana.bad-url", url=url)
    catalog = load_catalog(read_folder(Path(settings.city), "catalog"))
    made = dashboards(catalog, readings, lang)
    api = GrafanaApi.from_url(url.rstrip("/") + "/", credential=read_secret(str(token_file)), timeout=TIMEOUT_S)
    title = say("grafana.folder", lang, city=catalog.title.of(lang))
    try:
        pushed = push(api, f"megane-{catalog.city}", title, made, readings)
    except GrafanaException as e:
        raise GrafanaError("grafana.refused", status=e.status_code, problem=str(e.message)[:300]) from e
    except niquests.exceptions.RequestException as e:
        raise GrafanaError("grafana.unreachable", url=url, problem=str(e)[:300]) from e
    _show(pushed, title, lang)


def dashboards(catalog: Catalog, readings: str, lang: Lang) -> Sequence[Board]:
    """Every dashboard as Grafana takes it. Raises GrafanaError where `readings` names no way to ask."""
    if readings not in READINGS:
        raise GrafanaError("grafana.unknown-readings", given=readings, known=", ".join(READINGS))
    made = boards(catalog, READINGS[readings], lang)
    return [cast("Board", json.loads(json.dumps(board, cls=JSONEncoder))) for board in made]


def push(api: GrafanaApi, folder: str, title: str, made: Sequence[Board], readings: str) -> Pushed:
    """Puts dashboards into the folder (its uid); what is there already and the same is left alone."""
    pushed = Pushed(folder=_put_folder(api, folder, title))
    for board in made:
        _put_board(api, folder, board, pushed)
    wanted = [CITY_UID, METRICS_UID] + ([INFLUXDB_UID] if readings == "influxql" else [])
    pushed.missing_sources = [uid for uid in wanted if _found(api.datasource.get_datasource_by_uid, uid) is None]
    return pushed


def _put_folder(api: GrafanaApi, uid: str, title: str) -> str | None:
    """What was done, as a key of the catalogue; None where it stood already."""
    there = _found(api.folder.get_folder, uid)
    if there is None:
        api.folder.create_folder(title, uid)  # type: ignore[no-untyped-call]  # the library has no types
        return "grafana.folder-created"
    if there.get("title") != title:
        api.folder.update_folder(uid, title=title, version=there.get("version"))  # type: ignore[no-untyped-call]  # as above
        return "grafana.folder-renamed"
    return None


def _put_board(api: GrafanaApi, folder: str, board: Board, pushed: Pushed) -> None:
    there = _found(api.dashboard.get_dashboard, str(board["uid"]))
    if there is not None and _same(there, folder, board):
        pushed.unchanged += 1
        return
    # Ours is the truth of these dashboards: what somebody changed by hand goes (they are read-only in Grafana).
    command = {"dashboard": dict(board), "folderUid": folder, "overwrite": True}
    api.dashboard.update_dashboard(command)  # type: ignore[no-untyped-call]  # the library has no types
    (pushed.updated if there else pushed.created).append(str(board["title"]))


def _same(there: Mapping[str, object], folder: str, board: Board) -> bool:
    meta, stored = there.get("meta"), there.get("dashboard")
    assert isinstance(meta, Mapping)
    assert isinstance(stored, Mapping)
    kept = {key: value for key, value in stored.items() if key not in KEPT_BY_GRAFANA}
    return meta.get("folderUid") == folder and kept == {k: v for k, v in board.items() if k not in KEPT_BY_GRAFANA}


def _found(ask: Ask, uid: str) -> Mapping[str, object] | None:
    """What Grafana has under `uid`, None where it has nothing."""
    try:
        return ask(uid)
    except GrafanaClientError as e:
        if e.status_code == NOT_FOUND:
            return None
        raise


def _show(pushed: Pushed, title: str, lang: Lang) -> None:
    console = Console(highlight=False, markup=False, soft_wrap=True)
    if pushed.folder:
        console.print(say(pushed.folder, lang, title=title))
    for key, titles in (("grafana.created", pushed.created), ("grafana.updated", pushed.updated)):
        for board in titles:
            console.print(say(key, lang, title=board))
    if pushed.unchanged:
        console.print(say("grafana.unchanged", lang, count=pushed.unchanged))
    for uid in pushed.missing_sources:
        console.print(say("grafana.source-missing", lang, uid=uid))
