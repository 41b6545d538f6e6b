"""A backtest or a tuning as a page of its own: tables and picture in one HTML file that needs nothing else."""

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Final

import jinja2

from city.messages import say
from city.messages.text import Lang
from megane.backtest_report import Report
from megane.backtest_words import WORDS, headline, notes, sheets
from megane.tune_report import Tuned
from megane.tune_table import COLUMNS, cells, headlines
from megane.tune_table import notes as tuned_notes

FOLDER: Final = Path(__file__).parent
TEMPLATE: Final = "page.html.jinja"


def page(report: Report, svg: str, lang: Lang) -> str:
    """The HTML of a backtest. `svg`: the picture."""
    tables = [
        _table("backtest", sheet.columns, sheet.rows, WORDS, lang, heading=sheet.heading, rest=sheet.rest)
        for sheet in sheets(report, lang)
    ]
    return _render(headline(report, lang), notes(report, lang), tables, svg, say("backtest.picture", lang), lang)


def tuned_page(tuned: Tuned, svg: str, lang: Lang) -> str:
    """The HTML of a tuning. `svg`: the picture."""
    table = _table("tune", COLUMNS, [cells(point, lang) for point in tuned.points], frozenset(), lang)
    first, second = headlines(tuned, lang)
    return _render(first, [second, *tuned_notes(tuned, lang)], [table], svg, say("tune.picture", lang), lang)


def _table(
    texts: str,
    columns: Sequence[str],
    rows: Sequence[Sequence[str]],
    words: Collection[str],
    lang: Lang,
    *,
    heading: str = "",
    rest: str = "",
) -> Mapping[str, object]:
    titles = [
        {"title": say(f"{texts}.column-{name}", lang), "words": name in words, "what": name == "what"}
        for name in columns
    ]
    return {"heading": heading, "columns": titles, "rows": rows, "rest": rest}


def _render(
    title: str, remarks: Sequence[str], tables: Sequence[Mapping[str, object]], svg: str, picture: str, lang: Lang
) -> str:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template(TEMPLATE).render(
        lang=lang.value, headline=title, notes=remarks, tables=tables, svg=svg, picture=picture
    )
