"""A Grafana that records what it is asked, holds it against Grafana's description, and keeps folders and dashboards."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from tests.support.described_api import Operation, read_description

TOKEN = "a token"


@dataclass
class Grafana:
    """What it holds, what it was asked, and where that was not as described."""

    operations: list[Operation]
    folders: dict[str, dict[str, Any]] = field(default_factory=dict)
    dashboards: dict[str, dict[str, Any]] = field(default_factory=dict)
    sources: set[str] = field(default_factory=set)
    asked: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    url: str = ""

    def answer(self, method: str, path: str, token: str, body: Any) -> tuple[int, Any]:
        for operation in self.operations:
            found = operation.path.fullmatch(path)
            if found and operation.method == method:
                self.asked.append(operation.id)
                self.wrong += operation.wrong({}, body)
                if token != f"Bearer {TOKEN}":
                    return 401, {"message": "Unauthorized"}
                status, answer = getattr(self, f"_{operation.id}")(*found.groups(), *([body] if body else []))
                if status not in operation.statuses:
                    self.wrong.append(f"{operation.id} never answers {status}")
                return status, answer
        self.wrong.append(f"{method} {path} is not described")
        return 404, {"message": "Not found"}

    def _getFolderByUID(self, uid: str) -> tuple[int, Any]:  # noqa: N802  named as the operation
        return (200, self.folders[uid]) if uid in self.folders else (404, {"message": "folder not found"})

    def _createFolder(self, body: dict[str, Any]) -> tuple[int, Any]:  # noqa: N802  named as the operation
        if body["uid"] in self.folders:
            return 409, {"message": "a folder with the same uid exists"}
        self.folders[body["uid"]] = {"uid": body["uid"], "title": body["title"], "version": 1}
        return 200, self.folders[body["uid"]]

    def _updateFolder(self, uid: str, body: dict[str, Any]) -> tuple[int, Any]:  # noqa: N802  named as the operation
        there = self.folders[uid]
        if body.get("version") != there["version"] and not body.get("overwrite"):
            return 409, {"message": "the folder was changed by someone else"}
        there |= {"title": body["title"], "version": there["version"] + 1}
        return 200, there

    def _getDashboardByUID(self, uid: str) -> tuple[int, Any]:  # noqa: N802  named as the operation
        return (200, self.dashboards[uid]) if uid in self.dashboards else (404, {"message": "Dashboard not found"})

    def _postDashboard(self, body: dict[str, Any]) -> tuple[int, Any]:  # noqa: N802  named as the operation
        sent = body["dashboard"]
        if body["folderUid"] not in self.folders:
            return 404, {"message": "folder not found"}
        there = self.dashboards.get(sent["uid"])
        if there and not body.get("overwrite"):
            return 412, {"message": "version mismatch"}
        version = there["dashboard"]["version"] + 1 if there else 1
        kept = sent | {"id": len(self.dashboards) + 1, "version": version}
        self.dashboards[sent["uid"]] = {"dashboard": kept, "meta": {"folderUid": body["folderUid"]}}
        return 200, {"id": kept["id"], "uid": sent["uid"], "status": "success", "version": version}

    def _getDataSourceByUID(self, uid: str) -> tuple[int, Any]:  # noqa: N802  named as the operation
        return (200, {"uid": uid}) if uid in self.sources else (404, {"message": "Data source not found"})


@contextmanager
def recorded_grafana(description: Path) -> Iterator[Grafana]:
    grafana = Grafana(read_description(description))

    class Handler(BaseHTTPRequestHandler):
        def _take(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            body = json.loads(self.rfile.read(length)) if length else None
            token = self.headers.get("Authorization", "")
            status, answer = grafana.answer(self.command, self.path, token, body)
            text = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        do_GET = do_POST = do_PUT = do_DELETE = _take  # noqa: N815  the names that the server asks for

        def log_message(self, *_: object) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    grafana.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield grafana
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
