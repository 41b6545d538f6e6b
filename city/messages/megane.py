"""Texts of `megane`."""

from collections.abc import Mapping
from typing import Final

from city.messages.text import Text

TEXTS: Final[Mapping[str, Text]] = {
    "megane.settings-invalid": Text(
        ja="設定が正しくありません（{file}）: {problem}。`$.` に続くのが項目の場所です。",
        en="The settings are not valid ({file}): {problem}. What follows `$.` is the key's place.",
    ),
    "megane.settings-unreadable": Text(
        ja="設定ファイル {file} を読めません: {problem}。場所と権限を確かめてください。",
        en="Cannot read the settings file {file}: {problem}. Check its place and permissions.",
    ),
    "megane.secret-unreadable": Text(
        ja="秘密のファイル {file} を読めません: {problem}。場所と権限を確かめてください。",
        en="Cannot read the secret's file {file}: {problem}. Check its place and permissions.",
    ),
    "megane.no-city-folder": Text(
        ja="{folder} がありません。都市のフォルダーには catalog/ と rules/ が必要です（例: cities/sabae）。",
        en="There is no {folder}. A city's folder needs catalog/ and rules/ (for example cities/sabae).",
    ),
    "megane.file-unreadable": Text(
        ja="{file} を読めません: {problem}。場所と権限を確かめてください。",
        en="Cannot read {file}: {problem}. Check its place and permissions.",
    ),
    "megane.file-too-large": Text(
        ja="{file} が大きすぎます（上限 {limit} バイト）。ファイルを分けてください。",
        en="{file} is too large (limit {limit} bytes). Split it.",
    ),
    "megane.file-not-utf8": Text(
        ja="{file} は UTF-8 ではありません（{byte} バイト目）。UTF-8 で保存し直してください。",
        en="{file} is not UTF-8 (at byte {byte}). Save it again as UTF-8.",
    ),
    "megane.database-unusable": Text(
        ja="データベース {file} を使えません: {problem}。新しい版が書いたものか、別のファイルではありませんか。",
        en="Cannot use the database {file}: {problem}. Was it written by a newer version, or is it another file?",
    ),
}
