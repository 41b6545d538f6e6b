"""The HTTP application: routes, gate, problems and pages, put together."""

import asyncio
import logging
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

from fastapi import Depends, FastAPI
from starlette.middleware.gzip import GZipMiddleware
from starlette.staticfiles import StaticFiles

from api import problem
from api.admission import admit
from api.description import DESCRIPTION, TAGS, describe
from api.feed import Feed
from api.gate import Gate
from api.ports import View
from api.refusal import RefusalPage
from api.routes import ROUTES, live, pages

STATIC: Final = Path(__file__).parent / "static"
# What `scripts/frontend` copies. Without it the pages still answer, as plain documents.
FRONTEND: Final = (
    "vendor/design-tokens/tokens.css",
    "vendor/noto-sans-jp/wght.css",
    "vendor/htmx/htmx.min.js",
    "vendor/leaflet/leaflet.js",
    "vendor/uplot/uPlot.iife.min.js",
)
# The largest requests are a list of 500 quarantine ids, and the configuration of a device.
BODY_AT_MOST: Final = 64 * 1024

_log = logging.getLogger("megane.api")


def create_app(view: View, feed: Feed, allowed_hosts: Iterable[str] = ()) -> FastAPI:
    """The application over `view`. It runs `feed` while it is up; close that before stopping the server.

    allowed_hosts: names under which the city may be called besides the loopback's.
    """

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        async with asyncio.TaskGroup() as tasks:
            looking = tasks.create_task(feed.run(), name="api-feed")
            yield
            feed.close()
            looking.cancel()

    missing = missing_frontend()
    if missing:
        _log.warning("front-end files are missing (%s): run scripts/frontend", ", ".join(missing))
    app = FastAPI(
        title="Megane",
        version="1",
        description=DESCRIPTION,
        openapi_tags=TAGS,
        docs_url=None,  # these pages load their scripts from elsewhere
        redoc_url=None,
        lifespan=lifespan,
        max_body_size=BODY_AT_MOST,
        dependencies=[Depends(admit)],
    )
    app.state.access = view.access
    app.state.refusal_page = RefusalPage(view)
    problem.install(app)
    describe(app)
    for routes in ROUTES:
        app.include_router(routes(view))
    app.include_router(live.routes(view, feed))
    app.include_router(pages.routes(view, feed))
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    app.add_middleware(GZipMiddleware, minimum_size=1_000, compresslevel=3)  # 9 took longer than making the answer
    app.add_middleware(Gate, hosts=allowed_hosts, access=view.access, tell=view.security.note)
    return app


def missing_frontend() -> list[str]:
    """Which files of the front-end libraries are not there."""
    return [file for file in FRONTEND if not (STATIC / file).is_file()]
