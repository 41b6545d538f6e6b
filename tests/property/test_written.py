"""However a text is quoted, folded and escaped in YAML, the place of each of its characters is found in the file."""

from hypothesis import given
from hypothesis import strategies as st

from city.errors import Mistake
from city.yaml_file import Entries, Scalar, parse_yaml

WORDS = st.lists(st.text(st.sampled_from("abc水位'\"\\()<=5"), min_size=1, max_size=6), min_size=1, max_size=8)
BREAKS = st.lists(st.booleans(), min_size=8, max_size=8)


def joined(words: list[str], breaks: list[bool], indent: str) -> str:
    """The words with spaces between them, or a new line of the same scalar."""
    return "".join(
        word + ("" if k == len(words) - 1 else f"\n{indent}" if breaks[k] else " ") for k, word in enumerate(words)
    )


def written(style: str, words: list[str], breaks: list[bool]) -> str:
    match style:
        case "'":
            return "'" + joined([word.replace("'", "''") for word in words], breaks, "   ") + "'"
        case '"':
            escaped = [word.replace("\\", "\\\\").replace('"', '\\"').replace("水", "\\u6c34") for word in words]
            return '"' + joined(escaped, breaks, "   ") + '"'
        case _:
            return f"{style}\n  " + joined(words, breaks, "  ") + "\n"


@given(st.sampled_from(["'", '"', ">", ">-", "|"]), WORDS, BREAKS)
def test_every_character_is_found_where_it_was_written(style: str, words: list[str], breaks: list[bool]) -> None:
    file = f"first: 1\nraise: {written(style, words, breaks)}\n"
    mistakes: list[Mistake] = []
    tree = parse_yaml(file, "r.yaml", mistakes)
    assert isinstance(tree, Entries), mistakes
    scalar = tree.nodes["raise"][1]
    assert isinstance(scalar, Scalar)
    assert scalar.text.split() == words
    lines = file.split("\n")
    begins = "".join(words)
    counted = 0
    for index, character in enumerate(scalar.text):
        if character.isspace():
            continue
        place = scalar.written.place_of(scalar.place, scalar.text, index)
        there = lines[place.line - 1][place.column - 1]
        assert there in {character, "\\"}
        assert begins[counted] == character
        counted += 1


def test_past_the_end_is_the_end() -> None:
    tree = parse_yaml("raise: 'last() >'\n", "r.yaml", [])
    assert isinstance(tree, Entries)
    scalar = tree.nodes["raise"][1]
    assert isinstance(scalar, Scalar)
    place = scalar.written.place_of(scalar.place, scalar.text, len(scalar.text))
    assert (place.line, place.column) == (1, 17)
