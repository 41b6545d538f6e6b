import string

import pytest

from city.messages import (
    CATALOGUE,
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
    say,
    script,
    security,
    sim,
    tune,
)
from city.messages.text import Lang

PARTS = {
    "audit": audit,
    "access": access,
    "alert_page": alert_page,
    "people": people,
    "city": city,
    "ingest": ingest,
    "alerts": alerts,
    "script": script,
    "security": security,
    "administration": administration,
    "api": api,
    "sim": sim,
    "megane": megane,
    "backtest": backtest,
    "tune": tune,
    "promql": promql,
    "provision": provision,
    "grafana": grafana,
    "rules": rules,
    "runs": runs,
    "decisions": decisions,
    "business": business,
    "case": case,
    "playbook": playbook,
    "channel": channel,
    "duty": duty,
    "device": device,
    "edge": edge,
    "endpoints": endpoints,
    "reference": reference,
}


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


@pytest.mark.parametrize("key", CATALOGUE)
def test_both_languages_say_the_same_with_the_same_placeholders(key: str) -> None:
    text = CATALOGUE[key]

    assert text.ja.strip()
    assert text.en.strip()
    assert placeholders(text.ja) == placeholders(text.en)


def test_a_key_begins_with_its_package_so_that_no_package_overwrites_another() -> None:
    for name, part in PARTS.items():
        assert [key for key in part.TEXTS if not key.startswith(f"{name}.")] == []
    assert len(CATALOGUE) == sum(len(part.TEXTS) for part in PARTS.values())


def test_japanese_comes_first() -> None:
    assert say("city.missing", key="owner") == say("city.missing", Lang.JA, key="owner")
    assert say("city.missing", Lang.EN, key="owner") == "`owner` is missing. Add it."
