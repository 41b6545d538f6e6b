"""The page of the audit log says in words whatever the log may hold."""

import pytest

from api.audit_words import done_words
from api.needs import NEEDS
from city.messages.text import Lang
from city.run import Answer, Hand

CHANGES = [what for what in NEEDS if not what.startswith(("GET ", "HEAD "))]


@pytest.mark.parametrize("lang", list(Lang))
def test_every_route_that_changes_something_has_words(lang: Lang) -> None:
    queries = {"POST /prometheus"}  # asked by POST, and not noted
    silent = [what for what in CHANGES if done_words(what, lang) == what and not what.startswith(tuple(queries))]
    assert silent == []


@pytest.mark.parametrize(
    "what",
    [
        *(f"run: {hand}" for hand in Hand),
        *(f"approval {answer}" for answer in Answer),
        *("run started", "incident resolved", "signed in by password", "signed in by provider", "signed out"),
        *("password set by link", "sign-in refused", "person added", "person changed", "person disabled", "link made"),
        *("duty added", "duty removed", "token made", "token revoked"),
    ],
)
def test_every_verb_has_words(what: str) -> None:
    assert done_words(what, Lang.JA) != what


@pytest.mark.parametrize(
    ("what", "ja"),
    [
        ("signed in by password", "パスワードでサインインした"),
        ("person added", "利用者を加えた"),
        ("duty removed", "当番・代理を外した"),
        ("POST /cases/{case}", "案件を変えた"),
        ("POST /v1/cases", "案件を開いた"),
        ("POST /alerts/{rule}/{subject}/{raised_ms}/silences", "警報の通知を止めた、または戻した"),
        ("POST /alerts/{rule}/{subject}/{raised_ms}/decisions", "警報について決めた"),
        ("something of before", "something of before"),
    ],
)
def test_in_words(what: str, ja: str) -> None:
    assert done_words(what, Lang.JA) == ja
