"""What is new, as it happens: server-sent events for the live page and for whoever else looks on."""

from collections.abc import AsyncIterator
from typing import Annotated, Final

import msgspec
from fastapi import APIRouter, Depends, Header, Query, Request
from fastapi.sse import EventSourceResponse, ServerSentEvent

from api.admission import still_in
from api.feed import Feed, News
from api.moment import iso, iso_column
from api.ports import View
from api.problem import problems
from api.routes.alerts import describe
from api.routes.latest import keys_of, within

# A dropped office connection comes back at once; with every client of a city doing so, 2 s spread them enough.
RETRY_MS: Final = 2_000
# Rounds of the feed (seconds) between two looks at whether they may still listen: who was put out hears no more than
# that, and 500 clients ask 100 times a second: a twenty-fifth of what one core answers (0.4 ms each).
ROUNDS_A_LOOK: Final = 5


def routes(view: View, feed: Feed) -> APIRouter:
    """`/v1/live`."""
    router = APIRouter(prefix="/v1", tags=["live"])

    @router.get(
        "/live",
        summary="Latest readings and alerts as they change (server-sent events)",
        response_class=EventSourceResponse,
        responses=problems(503),
        dependencies=[Depends(feed.admit)],
    )
    async def live(
        request: Request,
        after: Annotated[str | None, Query(description="Id of the last event you know; everything without it.")] = None,
        last_event_id: Annotated[
            str | None, Header(description="Sent by browsers on reconnecting; goes before `after`.")
        ] = None,
    ) -> AsyncIterator[ServerSentEvent]:
        """Three events, at most one of each a second.

        `readings`: the columns of `/v1/latest` for what changed, and `whole`: throw away what you have.
        `alerts`: all that fires now, as in `/v1/alerts`, whenever anything about it changed.
        `now`: the city's clock, every second, with the id from which to go on after a break; `stale` while the
        store cannot be asked.

        The stream ends with the session or the token by which it was asked for.
        """
        rounds = 0
        async for news in feed.follow(last_event_id or after):
            rounds += 1
            if rounds % ROUNDS_A_LOOK == 0 and not await still_in(request, view.access):
                return
            for event in events_of(news, view):
                yield event

    return router


def events_of(news: News, view: View) -> list[ServerSentEvent]:
    """One round's events. The id stands on the last alone: a round of which half arrived is told again."""
    events = []
    readings = within(news.readings, news.catalog)
    if len(readings) or news.whole:
        columns = {
            "whole": news.whole,
            "series": keys_of(readings, news.catalog),
            "time": iso_column(readings.time),
            "value": readings.value.tolist(),
            "quality": readings.quality.tolist(),
        }
        events.append(ServerSentEvent(event="readings", raw_data=msgspec.json.encode(columns).decode()))
    if news.alerts is not None:
        rules = view.rules()
        alerts = [describe(alert, news.catalog, rules).model_dump() for alert in news.alerts if not alert.shadow]
        events.append(ServerSentEvent(event="alerts", raw_data=msgspec.json.encode({"alerts": alerts}).decode()))
    now = {"now": iso(news.now_ms), "stale": news.stale}
    events.append(ServerSentEvent(event="now", id=news.id, retry=RETRY_MS, raw_data=msgspec.json.encode(now).decode()))
    return events
