"""The rows of a published file as most of them are, read all at once: `2024-06-22T00:20,1.29,80`.

What is different in any way is left to who reads row by row; what is read here is what that reader would have read.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from city.reading import Bools, Float64s, Int32s, Int64s, UInt8s

STAMP: Final = 16  # letters of a time
LONGEST_ID: Final = 8  # letters of a gauge's id that fit a number of 64 bits
LONGEST_LEVEL: Final = 7  # letters of a level: `-123.45`
_LEVEL: Final = 4  # of the shortest: `1.29`
_ROOM: Final = bytes(STAMP)  # beside the text, so that whoever looks a little past a row finds nothing
_NEWLINE, _COMMA, _POINT, _MINUS, _ZERO = (ord(c) for c in "\n,.-0")


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """Rows of the text, and the columns of those that are usual; what stands in the other rows' places means nothing.

    start, end: int64[n], a row is text[start:end]
    usual: bool[n], it has a time of the usual length, a level and an id that is not too long
    stamp: int64[n], which of `stamps` (the letters where a usual row's time stands) the row has
    level_start, level_end: int64[n], where the level stands
    plain: bool[n], the level is a number of two decimals; value: float64[n], that number
    id: uint64[n], the letters of the id as a number
    """

    text: bytes
    start: Int64s
    end: Int64s
    usual: Bools
    stamp: Int64s
    stamps: Sequence[str]
    level_start: Int64s
    level_end: Int64s
    plain: Bools
    value: Float64s
    id: NDArray[np.uint64]

    def __len__(self) -> int:
        return len(self.start)

    def line(self, row: int) -> str:
        """The row, a byte that is no UTF-8 escaped."""
        return self.text[self.start[row] : self.end[row]].decode("utf-8", "surrogateescape")

    def level(self, row: int) -> str:
        """The level of a usual row."""
        return self.text[self.level_start[row] : self.level_end[row]].decode("utf-8", "surrogateescape")


def split_rows(text: bytes) -> Rows:
    """The rows of a text without quotes, its lines ended by a line feed each (the last one's may be missing)."""
    letters: UInt8s = np.frombuffer(_ROOM + text + _ROOM, np.uint8)
    at = letters[STAMP : STAMP + len(text)]
    end = np.flatnonzero(at == _NEWLINE)
    if text and not text.endswith(b"\n"):
        end = np.append(end, len(text))
    start = np.zeros(len(end), np.int64)
    start[1:] = end[:-1] + 1
    commas = np.flatnonzero(at == _COMMA)
    after = np.searchsorted(commas, end)
    two = np.diff(after, prepend=0) == 2  # noqa: PLR2004  between three cells
    padded = np.concatenate([np.zeros(2, np.int64), commas])
    level_start, level_end = padded[after] + 1, padded[after + 1]
    id_length = end - level_end - 1
    usual = two & (level_start == start + STAMP + 1) & (id_length > 0) & (id_length <= LONGEST_ID)
    words = np.ndarray((len(letters) - 7,), "<u8", letters, strides=(1,))
    stamp, stamps = _stamps(letters, words, start + STAMP)
    plain, value = _levels(letters, level_end + STAMP, level_end - level_start)
    id_ = _shortened(words[np.minimum(level_end + 1 + STAMP, len(words) - 1)], np.clip(id_length, 0, LONGEST_ID))
    return Rows(text, start, end, usual, stamp, stamps, level_start, level_end, plain & usual, value, id_)


class Ids:
    """Known ids and what each of them is, looked up for a column at once."""

    def __init__(self, known: Iterable[tuple[str, int]]) -> None:
        """Those longer than `LONGEST_ID` are in no usual row."""
        encoded = sorted(
            (int.from_bytes(name.encode(), "little"), index)
            for name, index in known
            if 0 < len(name.encode()) <= LONGEST_ID
        )
        self._key = np.array([key for key, _ in encoded], np.uint64)
        self._index = np.array([index for _, index in encoded], np.int32)

    def look_up(self, ids: NDArray[np.uint64], unknown: int) -> Int32s:
        """int32[n]: what each is, `unknown` where it is not known."""
        if not len(self._key):
            return np.full(len(ids), unknown, np.int32)
        place = np.minimum(np.searchsorted(self._key, ids), len(self._key) - 1)
        found: Int32s = np.where(self._key[place] == ids, self._index[place], np.int32(unknown))
        return found


def _stamps(letters: UInt8s, words: NDArray[np.uint64], start: Int64s) -> tuple[Int64s, Sequence[str]]:
    """What stands in the first letters of each row: as an index, and the texts."""
    # A file goes from gauge to gauge, so most rows say what the one before says: only where it changes it is looked at.
    opens = np.ones(len(start), np.bool_)
    begin, rest = words[start], words[np.minimum(start + 8, len(words) - 1)]
    opens[1:] = (begin[1:] != begin[:-1]) | (rest[1:] != rest[:-1])
    view = np.ndarray((len(letters) - STAMP + 1,), f"S{STAMP}", letters, strides=(1,))
    texts, which = np.unique(view[start[opens]], return_inverse=True)
    return which[np.cumsum(opens) - 1], [text.decode("utf-8", "surrogateescape") for text in texts.tolist()]


def _levels(letters: UInt8s, end: Int64s, length: Int64s) -> tuple[Bools, Float64s]:
    """Which levels are numbers of two decimals (digits, after a minus or not), and these numbers."""
    tenth, hundredth, unit = (letters[end - k] - _ZERO for k in (2, 1, 4))
    plain = (length >= _LEVEL) & (length <= LONGEST_LEVEL) & (letters[end - 3] == _POINT)
    plain &= (tenth <= 9) & (hundredth <= 9) & (unit <= 9)  # noqa: PLR2004  digits
    whole = unit * np.int64(100) + tenth * np.int64(10) + hundredth
    negative = np.zeros(len(end), np.bool_)
    for place in range(_LEVEL + 1, LONGEST_LEVEL + 1):
        rows = np.flatnonzero(plain & (length >= place))
        letter = letters[end[rows] - place]
        minus = (letter == _MINUS) & (length[rows] == place)
        digit = letter - _ZERO
        negative[rows[minus]] = True
        plain[rows] = minus | (digit <= 9)  # noqa: PLR2004
        whole[rows] += np.where(minus, 0, digit * np.int64(10 ** (place - 2)))
    value = whole / 100.0  # the nearest double, as it is of the text
    return plain, np.where(negative, -value, value)


def _shortened(words: NDArray[np.uint64], length: Int64s) -> NDArray[np.uint64]:
    """The first `length` bytes of each word."""
    kept = np.uint64(0xFFFFFFFFFFFFFFFF) >> ((8 - length) * 8).clip(0, 63).astype(np.uint64)
    return words & kept
