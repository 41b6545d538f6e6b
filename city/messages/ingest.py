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
    "ingest.store_locked": Text(
        ja="保存先 {file} は別のプロセスが使っています({problem})。その megane を止めるか、--home で別の場所を指定してください。",
        en="The store {file} is in use by another process ({problem}). Stop that megane, or name another --home.",
    ),
    "ingest.store_newer": Text(
        ja="保存先 {file} は新しい版の megane が書いたものです(版 {found}、この megane が読めるのは {known} まで)。"
        "megane を更新してください。ファイルには手を付けていません。",
        en="The store {file} was written by a newer megane (version {found}; this one reads up to {known}). "
        "Update megane; the file was left as it is.",
    ),
    "ingest.store_unreadable": Text(
        ja="保存先 {file} を開けません: {problem}。別のファイルが置かれているか、壊れています。"
        "バックアップから戻すか、退避してから起動し直してください(保存期間内の受信記録は、なくなりません)。",
        en="The store {file} cannot be opened: {problem}. It is some other file, or damaged. "
        "Restore it from a backup, or move it away and start again (the journal keeps what it still holds).",
    ),
    "ingest.secret_unreadable": Text(
        ja="秘密のファイル {file} を読めません: {problem}。場所と権限を確かめてください。",
        en="Cannot read the secret's file {file}: {problem}. Check its place and permissions.",
    ),
    "ingest.influxdb_url": Text(
        ja="[store.options] url の {url!r} は使えません。http://ホスト:8086 のように書いてください。",
        en="{url!r} cannot be used as url of [store.options]. Write http://host:8086.",
    ),
    "ingest.influxdb_only_written": Text(
        ja="保存先の VictoriaMetrics は InfluxQL に答えないため、ここでは過去の値を示せません。"
        "VictoriaMetrics 自身の API か Grafana で見てください。",
        en="The store is VictoriaMetrics, which answers no InfluxQL, so the past cannot be shown here. "
        "Look at it through its own API, or in Grafana.",
    ),
    "ingest.fukui_unreadable": Text(
        ja="公開水位データのファイル {file} を読めません: {problem}。"
        "sensors.csv と data/ のあるフォルダーを指定してください。",
        en="The published file {file} cannot be read: {problem}. Name the folder that holds sensors.csv and data/.",
    ),
    "ingest.fukui_header": Text(
        ja="{file} の見出し行が違います。必要な列: {expected}。足りない列、または実際の行: {missing}",
        en="{file} has an unexpected header. Expected columns: {expected}. Missing, or found instead: {missing}",
    ),
    "ingest.fukui_gauge_id": Text(
        ja="観測所番号 {found!r} は使えません。半角の英小文字、数字、_、- で 1~64 文字にしてください。",
        en="The gauge id {found!r} cannot be used. Write 1 to 64 of a-z, 0-9, _ and -.",
    ),
    "ingest.fukui_gauge_twice": Text(
        ja="観測所番号 {id} が二度出てきます。一行だけ残してください。",
        en="The gauge id {id} stands here a second time. Keep one line of it.",
    ),
    "ingest.fukui_geo3x3": Text(
        ja="位置 {found!r} を Geo3x3 として読めません。E か W のあとに 1~9 の数字を並べてください(例 E9138732863332)。",
        en="The place {found!r} is no Geo3x3 code. Write E or W and digits 1 to 9, for example E9138732863332.",
    ),
    "ingest.fukui_level": Text(
        ja="{column} の {found!r} を水位として読めません。メートルの数値か、未設定なら --- と書いてください。",
        en="{found!r} under {column} is no water level. Write metres, or --- where none is set.",
    ),
    "ingest.quarantine_nobody_takes": Text(
        ja="隔離した電文を送り直すには、megane up で都市を動かしてから、もう一度実行してください。",
        en="To send quarantined messages again, start the city with `megane up` first.",
    ),
    "ingest.quarantine_too_many": Text(
        ja="一度に送り直せるのは {most} 件までです ({asked} 件の指定)。分けて実行してください。",
        en="At most {most} pieces can be sent again at once ({asked} asked for). Send them in parts.",
    ),
    "ingest.quarantine_cut": Text(
        ja="{id} 番の電文は {length} バイトあり、先頭の {kept} バイトしか保管していないため送り直せません。"
        "機器に小さく分けて送らせてください。",
        en="Message {id} had {length} bytes, of which only the first {kept} are kept, so it cannot be sent again. "
        "Let the device send it in smaller parts.",
    ),
}
