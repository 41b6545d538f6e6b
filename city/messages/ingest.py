"""Texts of `ingest`."""

from collections.abc import Mapping
from typing import Final

from city.messages.text import Text

TEXTS: Final[Mapping[str, Text]] = {
    "ingest.journal_missing": Text(
        ja="{path} に受信ジャーナルがありません。--home に正しいフォルダーを指定してください。",
        en="There is no journal at {path}. Name the right folder with --home.",
    ),
    "ingest.journal_locked": Text(
        ja="{path} は別の megane が使用中です。そちらを止めるか、--home に別のフォルダーを指定してください。",
        en="Another megane is writing {path}. Stop that one, or name another folder with --home.",
    ),
    "ingest.journal_foreign": Text(
        ja="{path} は Megane の受信ジャーナルではありません。別のファイルなら移動し、もう一度起動してください。",
        en="{path} is not a journal of Megane. If it is another program's file, move it away and start again.",
    ),
    "ingest.journal_newer": Text(
        ja="{path} は新しい版の Megane で書かれています (形式 {version}、この版が読めるのは {known} まで)。"
        "新しい版で起動してください。",
        en="{path} was written by a newer Megane (format {version}; this one reads up to {known}). "
        "Start that newer version.",
    ),
    "ingest.journal_damaged": Text(
        ja="{path} は壊れています ({words})。バックアップから戻すか、別の場所へ移してから起動してください。",
        en="{path} is damaged ({words}). Restore it from a backup, or move it away and start again.",
    ),
    "ingest.journal_row_damaged": Text(
        ja="受信ジャーナルの {position} 番目の記録が壊れています。バックアップから戻してください。",
        en="Entry {position} of the journal is damaged. Restore the journal from a backup.",
    ),
    "ingest.journal_pruned": Text(
        ja="{path} の {genesis} 番目までの記録は保存期間を過ぎて削除済みのため、{position} 番目の後から読めません。"
        "{genesis} 番目のスナップショットから始めてください。",
        en="{path} no longer holds entries up to {genesis} (past their retention), so it cannot be read from {position} "
        "on. Begin with the snapshot at {genesis}.",
    ),
    "ingest.store-locked": Text(
        ja="保存先 {file} は別のプロセスが使っています({problem})。その megane を止めるか、--home で別の場所を指定してください。",
        en="The store {file} is in use by another process ({problem}). Stop that megane, or name another --home.",
    ),
    "ingest.store-newer": Text(
        ja="保存先 {file} は新しい版の megane が書いたものです(版 {found}、この megane が読めるのは {known} まで)。"
        "megane を更新してください。ファイルには手を付けていません。",
        en="The store {file} was written by a newer megane (version {found}; this one reads up to {known}). "
        "Update megane; the file was left as it is.",
    ),
    "ingest.store-unreadable": Text(
        ja="保存先 {file} を開けません: {problem}。別のファイルが置かれているか、壊れています。"
        "バックアップから戻すか、退避してから起動し直してください(保存期間内の受信記録は、なくなりません)。",
        en="The store {file} cannot be opened: {problem}. It is some other file, or damaged. "
        "Restore it from a backup, or move it away and start again (the journal keeps what it still holds).",
    ),
}
