"""The words of a PDF that Chromium made, as far as a test has to find some in it: all its pages, without spaces."""

import re
import zlib
from collections.abc import Iterator, Mapping

_OBJECT = re.compile(rb"(\d+) 0 obj\b(.*?)\bendobj", re.DOTALL)
_STREAM = re.compile(rb"(.*?)\bstream\r?\n(.*)", re.DOTALL)
_FONT = re.compile(rb"/(F\d+) (\d+) 0 R")
_SHOWN = re.compile(rb"/(F\d+) [\d.]+ Tf|<([0-9A-Fa-f]+)>")


def printed_text(pdf: bytes) -> str:
    """By the table of each font from glyphs to letters."""
    objects = {int(number): body for number, body in _OBJECT.findall(pdf)}
    streams = {number: found for number, body in objects.items() if (found := _stream(body)) is not None}
    fonts = {name: int(number) for body in objects.values() for name, number in _FONT.findall(body)}
    letters = {name: _letters(objects.get(number, b""), streams) for name, number in fonts.items()}
    return "".join(
        text for stream in streams.values() if b" Tf" in stream and b"BT" in stream for text in _shown(stream, letters)
    )


def _stream(body: bytes) -> bytes | None:
    found = _STREAM.match(body)
    if found is None:
        return None
    return zlib.decompressobj().decompress(found[2]) if b"/FlateDecode" in found[1] else found[2]


def _letters(font: bytes, streams: Mapping[int, bytes]) -> Mapping[int, str]:
    """What each glyph of a font says."""
    pointed = re.search(rb"/ToUnicode (\d+) 0 R", font)
    table = streams.get(int(pointed[1]), b"") if pointed else b""
    found: dict[int, str] = {}
    for block in re.findall(rb"beginbfchar(.*?)endbfchar", table, re.DOTALL):
        for glyph, letter in re.findall(rb"<(\w+)>\s*<(\w+)>", block):
            found[int(glyph, 16)] = bytes.fromhex(letter.decode()).decode("utf-16-be")
    for block in re.findall(rb"beginbfrange(.*?)endbfrange", table, re.DOTALL):
        for first, last, letter in re.findall(rb"<(\w+)>\s*<(\w+)>\s*<(\w+)>", block):
            start = ord(bytes.fromhex(letter.decode()).decode("utf-16-be"))
            found |= {glyph: chr(start + n) for n, glyph in enumerate(range(int(first, 16), int(last, 16) + 1))}
    return found


def _shown(stream: bytes, letters: Mapping[bytes, Mapping[int, str]]) -> Iterator[str]:
    font: Mapping[int, str] = {}
    for name, glyphs in _SHOWN.findall(stream):
        if name:
            font = letters.get(name, {})
        else:
            text = glyphs.decode()
            width = 4 if any(glyph > 0xFF for glyph in font) else 2  # of one glyph, in hexadecimal
            yield "".join(font.get(int(text[at : at + width], 16), "") for at in range(0, len(text), width)).strip()
