"""A backtest as a page of its own: the tables and the picture in one HTML file that needs nothing else."""

from pathlib import Path
from typing import Final

import jinja2

from city.messages import say
from city.messages.text import Lang
from megane.backtest_report import Report
from megane.backtest_words import WORDS, headline, notes, sheets

FOLDER: Final = Path(__file__).parent
TEMPLATE: Final = "page.html.jinja"


def page(report: Report, svg: str, lang: Lang) -> str:
    """The page's HTML. `svg`: the picture, "" where there is none."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    tables = [
        {
            "heading": sheet.heading,
            "columns": [
                {"title": say(f"backtest.column-{name}", lang), "words": name in WORDS, "what": name == "what"}
                for name in sheet.columns
            ],
            "rows": sheet.rows,
            "rest": sheet.rest,
        }
        for sheet in sheets(report, lang)
    ]
    return environment.get_template(TEMPLATE).render(
        lang=lang.value,
        headline=headline(report, lang),
        notes=notes(report, lang),
        tables=tables,
        svg=svg,
        picture=say("backtest.picture", lang),
    )
