import base64
import time

import pytest
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from administration.signature import Secret, SecretError, signed_headers
from city.messages.text import Lang

OLD = "whsec_" + base64.b64encode(b"o" * 24).decode()
NEW = "whsec_" + base64.b64encode(b"n" * 64).decode()
BODY = '{"title": "はん濫危険水位"}'.encode()


def headers(*secrets: str) -> dict[str, str]:
    return signed_headers([Secret.parse(s, origin="test") for s in secrets], "msg_1", int(time.time()), BODY)


@pytest.mark.parametrize("known", [OLD, NEW])
def test_the_reference_library_takes_either_secret_while_they_change(known: str) -> None:
    Webhook(known).verify(BODY, headers(NEW, OLD))


def test_the_reference_library_refuses_another_secret_and_another_body() -> None:
    with pytest.raises(WebhookVerificationError):
        Webhook(OLD).verify(BODY, headers(NEW))
    with pytest.raises(WebhookVerificationError):
        Webhook(NEW).verify(BODY + b" ", headers(NEW))


def test_the_specification_s_own_example() -> None:
    # https://github.com/standard-webhooks/standard-webhooks, spec/standard-webhooks.md, "Signature scheme"
    secret = Secret.parse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", origin="test")
    signature = secret.sign("msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}')
    assert signature == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("hush-hush", "administration.secret_prefix"),
        ("whsec_%%%", "administration.secret_base64"),
        ("whsec_" + base64.b64encode(b"x" * 23).decode(), "administration.secret_length"),
        ("whsec_" + base64.b64encode(b"x" * 65).decode(), "administration.secret_length"),
    ],
)
def test_a_wrong_secret_is_named_by_its_file_and_never_quoted(text: str, key: str) -> None:
    with pytest.raises(SecretError) as error:
        Secret.parse(text, origin="secrets/bosai")
    assert error.value.key == key
    assert "secrets/bosai" in error.value.text(Lang.JA)
    assert text not in error.value.text(Lang.EN)
    assert text not in str(error.value)


def test_a_secret_does_not_show_itself() -> None:
    assert "nnnn" not in repr(Secret.parse(NEW, origin="test"))
