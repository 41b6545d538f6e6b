"""Renders templates in the reader's language."""

from pathlib import Path
from typing import Final

import jinja2
from fastapi import Request
from starlette.responses import HTMLResponse, Response

from api import wording
from api.language import COOKIE, language_of
from api.moment import iso
from city.catalog import Catalog
from city.messages import CATALOGUE, say
from city.messages.text import Lang, Text

TEMPLATES: Final = Path(__file__).parent / "templates"
_SCRIPT_TEXTS: Final = "api.script."
_YEAR_S: Final = 365 * 86_400


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

    def page(self, request: Request, template: str, catalog: Catalog, **fields: object) -> Response:
        """`template` with `fields` and the words of the reader's language, which is remembered where it was chosen."""
        lang = language_of(request)
        other = Lang.EN if lang is Lang.JA else Lang.JA
        text = self._templates.get_template(template).render(
            catalog=catalog,
            lang=lang,
            notice=self._notice,
            other=other,
            other_href=str(request.url.include_query_params(lang=other).replace(scheme="", netloc="")),
            say=lambda key, **words: say(f"api.{key}", lang, **words),
            moment=lambda time_ms: wording.moment(time_ms, lang),
            ago=lambda time_ms, now_ms: wording.ago(time_ms, now_ms, lang),
            amount=lambda value, sensor: wording.amount(value, sensor, lang),
            decimals=wording.decimals,
            script_texts={
                key.removeprefix(_SCRIPT_TEXTS): t.of(lang)
                for key, t in CATALOGUE.items()
                if key.startswith(_SCRIPT_TEXTS)
            },
            **fields,
        )
        response = HTMLResponse(text, headers={"Vary": "Accept-Language, Cookie", "Content-Language": lang})
        if request.query_params.get("lang") in set(Lang):
            response.set_cookie(COOKIE, lang, max_age=_YEAR_S, samesite="lax", httponly=True)
        return response
