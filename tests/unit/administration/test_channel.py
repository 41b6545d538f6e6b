"""Addresses of mail and chat from files, and what is said of those that are none."""

import pytest

from administration.channel import Channel, ChannelError, redacted
from city.messages.text import Lang

SLACK = "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/#bosai"
MAIL = "mailtos://user:hunter2@mail.example?to=bosai@city.example"


def read(text: str) -> Channel:
    return Channel.read(text, channel="bosai-mail", file="secrets/bosai")


def test_a_file_has_an_address_a_line() -> None:
    found = read(f"# 防災課\n\n{SLACK}\n  {MAIL}  \n")
    assert found.urls == (SLACK, MAIL)
    assert found.services == ("Slack", "E-Mail")


@pytest.mark.parametrize(
    ("text", "key", "said"),
    [
        ("", "channel.empty", ("secrets/bosai",)),
        ("# nothing yet\n", "channel.empty", ("secrets/bosai",)),
        (f"{MAIL}\nhunter2\n", "channel.no_url", ("secrets/bosai", "2")),
        ("slakc://hunter2/b/c", "channel.unknown_service", ("slakc", "slack")),
        ("slack://hunter2", "channel.incomplete", ("slack",)),
        ("https://hooks.example/hunter2", "channel.incomplete", ("https",)),
    ],
    ids=["empty", "only remarks", "no address", "misspelt", "incomplete", "no service's page"],
)
def test_a_mistake_is_named_with_file_and_line_and_without_the_secret(
    text: str, key: str, said: tuple[str, ...]
) -> None:
    with pytest.raises(ChannelError) as caught:
        read(text)
    assert caught.value.key == key
    for lang in Lang:
        told = caught.value.text(lang)
        assert all(each in told for each in ("bosai-mail", *said)), told
        assert "hunter2" not in told
    assert "hunter2" not in repr(caught.value)


def test_a_channel_shows_no_address() -> None:
    assert "hunter2" not in repr(read(MAIL))


def test_nothing_of_an_address_is_left_in_what_is_said_about_it() -> None:
    assert redacted("mailto://user:p%40ss%2Fword@mail.example", "no AUTH for p@ss/word, p%40ss%2Fword") == (
        "no AUTH for …, …"
    )
    said = "Could not POST to https://hooks.example/T1JJ3T3L2/x as USER with hunter2, error=401."
    assert redacted("slack://user:hunter2@T1JJ3T3L2/ab", said) == (
        "Could not POST to https://hooks.example/…/x as … with …, error=401."
    )
