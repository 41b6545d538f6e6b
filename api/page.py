"""Renders templates in the reader's language."""

from pathlib import Path
from typing import Final
from urllib.parse import quote

import jinja2
from fastapi import Request
from starlette.responses import HTMLResponse, Response

from api import wording
from api.admission import found, session_of
from api.language import COOKIE, language_of
from api.moment import iso
from api.ports import Alert
from api.run_ports import AlertKey
from city.catalog import Catalog
from city.messages import CATALOGUE, say
from city.messages.text import Lang, Text
from city.right import Right

TEMPLATES: Final = Path(__file__).parent / "templates"
_SCRIPT_TEXTS: Final = "api.script."
_YEAR_S: Final = 365 * 86_400


def alert_path(alert: Alert | AlertKey) -> str:
    """The page of that alert."""
    return f"/alerts/{quote(alert.rule, safe=':')}/{quote(alert.subject, safe=':/')}/{alert.raised_ms}"


class Pages:
    """Templates, ready. Everything that is put into one is escaped; an unknown name in one is an error.

    notice: stands at the top of every page.
    """

    def __init__(self, notice: Text | None = None) -> None:
        self._notice = notice
        self._templates = jinja2.Environment(
            loader=jinja2.FileSystemLoader(TEMPLATES),
            autoescape=True,
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates.filters.update(of=Text.of, iso=iso)

    def page(
        self, request: Request, template: str, catalog: Catalog, *, status: int = 200, **fields: object
    ) -> Response:
        """`template` with `fields` and the words of the reader's language, which is remembered where it was chosen."""
        lang = language_of(request)
        other = Lang.EN if lang is Lang.JA else Lang.JA
        session = session_of(request)
        text = self._templates.get_template(template).render(
            catalog=catalog,
            lang=lang,
            notice=self._notice,
            other=other,
            other_href=str(request.url.include_query_params(lang=other).replace(scheme="", netloc="")),
            say=lambda key, **words: say(f"api.{key}", lang, **words),
            word=lambda key, **words: say(f"alert_page.{key}", lang, **words),
            tell=lambda key, **words: say(f"access.{key}", lang, **words),
            term=lambda key, **words: say(f"business.{key}", lang, **words),
            words=lambda key, **words: say(key, lang, **words),
            principal=found(request),
            csrf=session.csrf if session is not None else "",
            may=lambda right: (who := found(request)) is not None and who.may(Right(right)),
            moment=lambda time_ms: wording.moment(time_ms, lang),
            day_of=lambda day: wording.day(day, lang),
            ago=lambda time_ms, now_ms: wording.ago(time_ms, now_ms, lang),
            amount=lambda value, sensor: wording.amount(value, sensor, lang),
            decimals=wording.decimals,
            alert_path=alert_path,
            script_texts={
                key.removeprefix(_SCRIPT_TEXTS): t.of(lang)
                for key, t in CATALOGUE.items()
                if key.startswith(_SCRIPT_TEXTS)
            },
            **fields,
        )
        response = HTMLResponse(text, status, headers={"Vary": "Accept-Language, Cookie", "Content-Language": lang})
        if request.query_params.get("lang") in set(Lang):
            response.set_cookie(COOKIE, lang, max_age=_YEAR_S, samesite="lax", httponly=True)
        return response
