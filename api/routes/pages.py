"""The pages: live page, a sensor with its chart, the table of all sensors. They read without scripts."""

from typing import Annotated, Final

import msgspec
from fastapi import APIRouter, Query, Request, Response

from api.chart import Span, chart_of, hours_of
from api.feed import Feed
from api.language import language_of
from api.page import Pages
from api.ports import View
from api.routes.latest import within
from api.routes.sensors import index_of
from api.situation import Situation, concerns_of, situation_of, tell
from city.alert import AlertState
from city.catalog import Catalog
from city.messages.text import Lang
from city.reading import ReadingBatch
from city.sensor_health import is_health, measured

ROWS_A_PAGE: Final = 200  # a table that a ten-year-old office PC still scrolls
ALERTS_OF_A_SENSOR: Final = 2_000


def routes(view: View, feed: Feed) -> APIRouter:
    """`/`, `/situation`, `/map`, `/sensors`, `/sensors/{device}/{sensor}`."""
    router = APIRouter(tags=["pages"])
    pages = Pages(view.notice)

    def latest() -> ReadingBatch:
        return within(view.store.latest(), view.catalog())

    def answer(request: Request, template: str) -> Response:
        event_id = feed.id  # before the city is asked: what happens in between is told again
        readings, catalog = latest(), view.catalog()
        found = situation_of(view, readings)
        return pages.page(
            request,
            template,
            catalog,
            situation=found,
            values=_values(readings, catalog),
            marks=_marks(found, language_of(request)),
            event_id=event_id,
        )

    @router.get("/", summary="Page: what is the matter now")
    def live(request: Request) -> Response:
        """Map and alerts, as they change."""
        return answer(request, "live.html")

    @router.get("/situation", summary="The part of that page that changes")
    def situation(request: Request) -> Response:
        """What the page asks for when something happened."""
        return answer(request, "situation.html")

    @router.get("/map", summary="What the map shows")
    def map_(request: Request) -> Response:
        """Outline, rivers and sites."""
        drawn = map_of(view.catalog(), language_of(request))
        return Response(msgspec.json.encode(drawn), media_type="application/json")

    @router.get("/sensors", summary="Page: all sensors")
    def sensors(
        request: Request,
        q: Annotated[str, Query(max_length=100)] = "",
        area: Annotated[str, Query(max_length=64)] = "",
        after: Annotated[int, Query(ge=0)] = 0,
    ) -> Response:
        """A table, searched by words and by area."""
        catalog = view.catalog()
        wanted = [
            i
            for i, s in enumerate(catalog.sensors)
            if not is_health(s) and area in {"", s.area} and _matches(i, q, catalog)
        ]
        return pages.page(
            request,
            "sensors.html",
            catalog,
            sensors=[catalog.sensors[i] for i in wanted[after : after + ROWS_A_PAGE]],
            found=len(wanted),
            next=after + ROWS_A_PAGE if len(wanted) > after + ROWS_A_PAGE else None,
            values=_values(latest(), catalog),
            now_ms=view.clock.now_ms(),
            q=q,
            area=area,
        )

    @router.get("/sensors/{device}/{sensor}", summary="Page: a sensor with its chart")
    def sensor_(
        request: Request,
        device: str,
        sensor: str,
        span: Span = Span.DAY,
        part: Annotated[str, Query(max_length=16)] = "",
    ) -> Response:
        """Its readings over its levels, and what was the matter with it."""
        catalog, rules, now_ms = view.catalog(), view.rules(), view.clock.now_ms()
        index = index_of(device, sensor, catalog)
        record = catalog.sensors[index]
        subject = str(record.key)
        start_ms = now_ms - span.length_ms
        recent = view.alerts.alerts(None, start_ms, now_ms + 1, ALERTS_OF_A_SENSOR)
        told = [tell(alert, catalog, rules) for alert in recent if alert.subject == subject]
        firing = [one for one in told if one.alert.state is AlertState.FIRING]
        return pages.page(
            request,
            "panel.html" if part == "panel" else "sensor.html",
            catalog,
            sensor=record,
            site=catalog.sites[record.site],
            beside=[s for s in measured(catalog.sensors) if s.site == record.site],
            department=catalog.departments[record.owner],
            concerns=concerns_of(firing),
            reading=_values(latest(), catalog).get(subject),
            chart=chart_of(record, told, start_ms, now_ms, span, language_of(request)),
            hours=hours_of(view.store, index, now_ms),
            span=span,
            spans=list(Span),
            now_ms=now_ms,
            part=part == "panel",
        )

    return router


def map_of(catalog: Catalog, lang: Lang) -> dict[str, object]:
    """Outline, rivers and sites, in the reader's language; [latitude, longitude], as the map wants them."""
    by_site: dict[str, list[dict[str, str]]] = {}
    for sensor in measured(catalog.sensors):
        key = sensor.key
        by_site.setdefault(sensor.site, []).append(
            {"series": str(key), "title": sensor.title.of(lang), "href": f"/sensors/{key.device}/{key.sensor}"}
        )
    return {
        "outline": [[p.latitude, p.longitude] for p in catalog.outline],
        "rivers": [
            {"title": river.title.of(lang), "line": [[p.latitude, p.longitude] for p in river.line]}
            for river in catalog.rivers.values()
        ],
        "sites": [
            {
                "id": site.id,
                "title": site.title.of(lang),
                "point": [site.point.latitude, site.point.longitude],
                "sensors": by_site[site.id],
            }
            for site in catalog.sites.values()
            if site.id in by_site
        ],
    }


def _marks(situation: Situation, lang: Lang) -> dict[str, dict[str, object]]:
    """The mark of every site that is not calm, for the map."""
    marks: dict[str, dict[str, object]] = {}
    at_sites = situation.worst_at_sites()
    for rank, (site, concern) in enumerate(at_sites.items()):
        told = concern.worst
        assert told.sensor is not None
        marks[site] = {
            "shape": concern.mark.shape,
            "alarms": concern.mark.alarms,
            "rank": len(at_sites) - rank,  # the worst has the greatest
            "name": f"{concern.mark.name(lang)}: {told.title.of(lang)}",
            "series": told.alert.subject,
        }
    return marks


def _values(batch: ReadingBatch, catalog: Catalog) -> dict[str, tuple[int, float, int]]:
    """Newest time, value and quality by `device:sensor`."""
    columns = zip(batch.series.tolist(), batch.time.tolist(), batch.value.tolist(), batch.quality.tolist(), strict=True)
    return {str(catalog.sensors[series].key): (time, value, quality) for series, time, value, quality in columns}


def _matches(index: int, words: str, catalog: Catalog) -> bool:
    """Whether every word stands in the sensor's names."""
    sensor = catalog.sensors[index]
    names = [sensor.title, sensor.quantity.title, catalog.sites[sensor.site].title, catalog.areas[sensor.area].title]
    text = " ".join([str(sensor.key), *(f"{n.ja} {n.en}" for n in names)]).casefold()
    return all(word in text for word in words.casefold().split())
