"""Which passwords are taken, and how they are kept."""

import pytest
from argon2 import PasswordHasher

from administration.people.passwords import LONGEST, SHORTEST, PasswordError, Passwords

# As weak as argon2 can be: how long it takes is not what is tried here.
PASSWORDS = Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


@pytest.mark.parametrize(
    "password",
    ["a" * SHORTEST, "x" * 64, "y" * LONGEST, "correct horse  battery", "眼鏡" * 32, "👓" * 12, " " * 12],
    ids=["shortest", "64", "longest", "spaces", "64 kanji", "12 emoji", "nothing else"],
)
def test_what_is_a_password(password: str) -> None:
    assert PASSWORDS.fits(password, PASSWORDS.hash(password))


@pytest.mark.parametrize("password", ["", "a" * (SHORTEST - 1), "👓" * 11, "y" * (LONGEST + 1)])
def test_what_is_none(password: str) -> None:
    with pytest.raises(PasswordError):
        PASSWORDS.hash(password)


def test_every_letter_of_a_long_one_counts() -> None:
    kept = PASSWORDS.hash("y" * LONGEST)
    assert not PASSWORDS.fits("y" * (LONGEST - 1) + "z", kept)
    assert not PASSWORDS.fits("y" * (LONGEST - 1), kept)
    assert not PASSWORDS.fits("y" * (LONGEST + 1), kept)


def test_it_is_kept_by_argon2id_with_a_salt_of_its_own() -> None:
    first, second = (Passwords().hash("correct horse battery") for _ in range(2))
    assert first != second
    assert first.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
