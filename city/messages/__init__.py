"""The one catalogue of texts that a person may read: Japanese first, English second.

Each sibling keeps its texts in a module of its own here, so that a change of words touches one file; this table joins
them. A key is `<package>.<what>`. Placeholders are `str.format` fields and must be the same in both languages (held by
a test).
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from city.messages import (
    access,
    administration,
    alert_page,
    alerts,
    api,
    audit,
    backtest,
    business,
    case,
    channel,
    city,
    decisions,
    device,
    duty,
    edge,
    endpoints,
    grafana,
    ingest,
    megane,
    people,
    playbook,
    promql,
    provision,
    reference,
    rules,
    runs,
    script,
    security,
    sim,
    tune,
)
from city.messages.text import Lang, Text

CATALOGUE: Final[Mapping[str, Text]] = MappingProxyType(
    {
        **city.TEXTS,
        **ingest.TEXTS,
        **alerts.TEXTS,
        **script.TEXTS,
        **administration.TEXTS,
        **api.TEXTS,
        **audit.TEXTS,
        **sim.TEXTS,
        **megane.TEXTS,
        **rules.TEXTS,
        **decisions.TEXTS,
        **backtest.TEXTS,
        **tune.TEXTS,
        **reference.TEXTS,
        **promql.TEXTS,
        **grafana.TEXTS,
        **edge.TEXTS,
        **device.TEXTS,
        **provision.TEXTS,
        **security.TEXTS,
        **access.TEXTS,
        **people.TEXTS,
        **runs.TEXTS,
        **case.TEXTS,
        **playbook.TEXTS,
        **channel.TEXTS,
        **duty.TEXTS,
        **alert_page.TEXTS,
        **business.TEXTS,
        **endpoints.TEXTS,
    }
)


def say(key: str, lang: Lang = Lang.JA, /, **fields: object) -> str:
    """The text under `key` in `lang`, its placeholders filled; a field that is a `Text` is said in `lang` too.

    Raises KeyError for an unknown key or a missing field: both are programming errors and caught by tests.
    """
    said = {name: field.of(lang) if isinstance(field, Text) else field for name, field in fields.items()}
    return CATALOGUE[key].of(lang).format(**said)
