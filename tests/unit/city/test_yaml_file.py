import pytest
from hypothesis import given
from hypothesis import strategies as st

from city.errors import Mistake, Place
from city.yaml_file import MAX_CHARACTERS, MAX_DEPTH, Entries, Items, Node, Scalar, parse_yaml


def parse(text: str) -> tuple[Node | None, list[Mistake]]:
    mistakes: list[Mistake] = []
    return parse_yaml(text, "f.yaml", mistakes), mistakes


def test_nodes_know_where_they_stand() -> None:
    node, mistakes = parse("a: 1\nb:\n  - x\n  - 'y'\n")

    assert mistakes == []
    assert node == Entries(
        Place("f.yaml", 1, 1),
        {
            "a": (Place("f.yaml", 1, 1), Scalar(Place("f.yaml", 1, 4), "1", plain=True)),
            "b": (
                Place("f.yaml", 2, 1),
                Items(
                    Place("f.yaml", 3, 3),
                    (
                        Scalar(Place("f.yaml", 3, 5), "x", plain=True),
                        Scalar(Place("f.yaml", 4, 6), "y", plain=False),  # its content begins behind the quote
                    ),
                ),
            ),
        },
    )


def test_what_is_written_stays_as_it_is_written() -> None:
    node, _ = parse("[no, 0778, 1e3, 2024-01-01, ~, 0x10]")

    assert isinstance(node, Items)
    assert [item.text for item in node.nodes if isinstance(item, Scalar)] == [
        "no",
        "0778",
        "1e3",
        "2024-01-01",
        "~",
        "0x10",
    ]


@pytest.mark.parametrize("text", ["", "\n", "# 何もない\n", "~", "---\n"])
def test_an_empty_file_is_no_mistake(text: str) -> None:
    assert parse(text) == (None, [])


@pytest.mark.parametrize(
    ("text", "key", "line", "column"),
    [
        ("a: &x 1\nb: *x", "city.yaml_alias", 1, 4),
        ("a: *x", "city.yaml_alias", 1, 4),
        ("a: !!python/object:os.system x", "city.yaml_tag", 1, 4),
        ("a: 1\n---\nb: 2", "city.yaml_documents", 2, 1),
        ("? [a, b]\n: c", "city.yaml_key", 1, 3),
        ("[" * (MAX_DEPTH + 1), "city.yaml_depth", 1, MAX_DEPTH + 1),
        ("a: [1, 2", "city.yaml_syntax", 1, 9),
        ("a: 1\n b: 2", "city.yaml_syntax", 2, 3),
        ("\tx", "city.yaml_syntax", 1, 1),
    ],
)
def test_what_makes_a_file_unreadable_is_one_mistake(text: str, key: str, line: int, column: int) -> None:
    node, mistakes = parse(text)

    assert node is None
    assert [(m.key, m.place) for m in mistakes] == [(key, Place("f.yaml", line, column))]


def test_a_key_that_stands_twice_is_told_and_the_first_stands() -> None:
    node, mistakes = parse("a: 1\nb: 2\na: 3\n")

    assert isinstance(node, Entries)
    assert node.nodes["a"][1] == Scalar(Place("f.yaml", 1, 4), "1", plain=True)
    assert mistakes == [Mistake.at(Place("f.yaml", 3, 1), "city.yaml_twice", name="a", first=1)]


def test_a_bomb_of_aliases_is_refused_before_it_unfolds() -> None:
    bomb = "a: &a [x, x]\n" + "".join(f"{b}: &{b} [*{a}, *{a}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True))

    assert parse(bomb)[0] is None


def test_a_file_longer_than_anybody_writes_is_not_even_scanned() -> None:
    node, mistakes = parse("#" * (MAX_CHARACTERS + 1))

    assert node is None
    assert [m.key for m in mistakes] == ["city.yaml_too_long"]


@pytest.mark.parametrize("text", ['"\\U00110000"', '"\\x', "\x00", "a: \ud800", "\x07", "%YAML 9.9\n--- a"])
def test_impossible_characters_are_mistakes_too(text: str) -> None:
    node, mistakes = parse(text)

    assert node is None
    assert [m.key for m in mistakes] == ["city.yaml_syntax"]


@given(st.text(alphabet=st.sampled_from("ab: -[]{}'\"\n\t#&*!|>%@`?,\\x0U~")) | st.text())
def test_no_text_whatsoever_raises(text: str) -> None:
    node, mistakes = parse(text)

    assert node is None or isinstance(node, (Scalar, Items, Entries))
    assert all(m.place.file == "f.yaml" for m in mistakes)
