"""Codes: typed by people, proven and never sent."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from city.wire.enrolment import Code
from city.wire.errors import WireError


def test_a_code_is_read_as_people_type_it() -> None:
    code = Code.new()
    for written in (str(code), str(code).upper(), str(code).replace("-", " "), str(code).replace("-", "")):
        assert Code.read(written) == code


@pytest.mark.parametrize("text", ["", "abcd", "0" * 32, "l" * 32, "あ" * 32, "abcd-" * 8 + "a"])
def test_what_is_no_code_is_none(text: str) -> None:
    with pytest.raises(WireError):
        Code.read(text)


def test_no_two_codes_are_alike() -> None:
    assert len({str(Code.new()) for _ in range(1_000)}) == 1_000


@given(st.lists(st.text(), min_size=1, max_size=3), st.lists(st.text(), min_size=1, max_size=3))
def test_a_proof_is_of_those_parts_alone(parts: list[str], others: list[str]) -> None:
    code = Code("abcdef", "g" * 26)
    assert code.proves(code.prove(*parts), *parts)
    assert code.proves(code.prove(*parts), *others) is (parts == others)


def test_an_answer_of_somebody_who_does_not_know_the_code_is_found_out() -> None:
    code, other = Code.new(), Code.new()
    assert code.is_of(code.answer("rpi-toba", "certificate", "authority"))
    assert not code.is_of(other.answer("rpi-toba", "certificate", "authority"))
    assert code.secret not in str(code.ask("request"))
