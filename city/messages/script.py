"""Texts of `alerts/script`: what is wrong in a rule script."""

from collections.abc import Mapping
from typing import Final

from city.messages.text import Text

TEXTS: Final[Mapping[str, Text]] = {
    "script.need_word": Text(
        ja="ここに「{found}」は書けません。書けるもの: {known}",
        en="`{found}` cannot stand here. There are: {known}",
    ),
    "script.need_word_near": Text(
        ja="ここに「{found}」は書けません。「{near}」ではありませんか。書けるもの: {known}",
        en="`{found}` cannot stand here. Did you mean `{near}`? There are: {known}",
    ),
    "script.need_time": Text(
        ja="時間が要りますが、「{found}」とあります。単位を付けてください。例: 20m、1h30m、90s",
        en="A time is needed here, not `{found}`. Write it with its units: 20m, 1h30m, 90s.",
    ),
    "script.time_too_long": Text(
        ja="「{found}」は長すぎます(上限 {limit})。",
        en="`{found}` is too long (at most {limit}).",
    ),
    "script.need_number": Text(
        ja="数が要りますが、「{found}」とあります。例: load 10m rpi-toba:water_level 5.7",
        en="A number is needed here, not `{found}`: load 10m rpi-toba:water_level 5.7",
    ),
    "script.need_name": Text(
        ja="名前が要りますが、「{found}」とあります。半角の小文字・数字・_・- で書いてください。",
        en="A name is needed here, not `{found}`: small letters, digits, _ and -.",
    ),
    "script.need_series": Text(
        ja="センサーの名前が要りますが、「{found}」とあります。「装置:センサー」の形で書いてください。例: rpi-toba:water_level",
        en="A sensor is needed here, not `{found}`. Write device:sensor, for example rpi-toba:water_level.",
    ),
    "script.need_brace": Text(
        ja="「{{」が閉じていません。行の終わりに「}}」を書いてください。例: {{delay: 1m}}",
        en="The brace `{{` is not closed. End the line with `}}`, as in {{delay: 1m}}.",
    ),
    "script.need_moment": Text(
        ja="日時が要りますが、「{found}」とあります。時差まで書いてください。例: 2024-06-23T06:00+09:00",
        en="A moment is needed here, not `{found}`. Write it with its offset: 2024-06-23T06:00+09:00.",
    ),
    "script.left_over": Text(
        ja="「{found}」が余っています。取り除くか、別の行に書いてください。",
        en="`{found}` is too much here. Remove it, or give it a line of its own.",
    ),
    "script.indented": Text(
        ja="字下げした行は rule か reload の下にだけ書けます。行頭の空白を取り除いてください。",
        en="An indented line stands only below `rule` or `reload`. Remove the spaces before it.",
    ),
    "script.no_case": Text(
        ja="ケースが一つもありません。「case 題名」の行から始めてください。",
        en="There is no case. Begin one with a line `case TITLE`.",
    ),
    "script.no_case_yet": Text(
        ja="「{word}」はケースの中に書きます。この上に「case 題名」の行を書いてください。",
        en="`{word}` belongs to a case. Write a line `case TITLE` above it.",
    ),
    "script.no_title": Text(
        ja="case の後に題名を書いてください。例: case 一度だけの波では知らせない",
        en="Give the case a title, for example: case a single wave is not told",
    ),
    "script.no_expect": Text(
        ja="このケースは何も確かめていません。expect の行を書いてください。例: expect 20m firing、expect nothing",
        en="This case expects nothing at all. Write a line such as: expect 20m firing, or: expect nothing",
    ),
    "script.too_late": Text(
        ja="「{word}」はケースの最初、load や wait より前に書いてください。途中で規則を変えるには reload を使います。",
        en="`{word}` stands at the beginning of a case, before load and wait. To change rules on the way, use reload.",
    ),
    "script.no_rule": Text(
        ja="この下に、規則を字下げして書いてください。ファイルの規則を使うときは「rules ファイル」と書きます。",
        en="Write the rule below, indented. For rules of a file, write: rules FILE",
    ),
    "script.no_rules": Text(
        ja="このケースには規則がありません。「rules ファイル」か「rule」を書いてください。",
        en="This case has no rules. Write `rules FILE`, or `rule` and the rule below it.",
    ),
    "script.no_path": Text(
        ja="ファイルかフォルダーの名前を書いてください。この台本のあるフォルダーから見た名前です。",
        en="Name a file or folder, as seen from the folder of this script.",
    ),
    "script.no_sensor": Text(
        ja="センサーがありません。「sensor 装置:センサー」か「city フォルダー」を書いてください。",
        en="There is no sensor. Write `sensor DEVICE:SENSOR`, or name a city's folder: city FOLDER",
    ),
    "script.city_sensor": Text(
        ja="まちのカタログを使うときは sensor を書けません。どちらか一方にしてください。",
        en="With a city's catalog there are no sensors of the script's own. Use one or the other.",
    ),
    "script.too_many": Text(
        ja="測定値が多すぎます(一行の上限 {limit} 件)。",
        en="These are too many readings (at most {limit} a line).",
    ),
    "script.past": Text(
        ja="時計はもう {clock} です。前の時刻の値が後から届くことは、arrives で書きます。例: load 5m 4.2 arrives 30m",
        en="The clock says {clock} already. A reading of before that comes in later is written: load 5m 4.2 arrives 30m",
    ),
    "script.ahead": Text(
        ja="時計はまだ {clock} です。先に wait を書いてください。センサーの delay の分も待ちます。",
        en="The clock only says {clock}. Write `wait` first, and wait for the sensor's delay too.",
    ),
    "script.unknown_sensor": Text(
        ja="「{found}」というセンサーや地域はありません。近いもの: {near}",
        en="There is no sensor or group `{found}`. The nearest is: {near}",
    ),
    "script.which_sensor": Text(
        ja="どのセンサーですか。名前を書いてください。あるもの: {known}",
        en="Which sensor? Name it. There are: {known}",
    ),
    "script.unknown_silence": Text(
        ja="「{found}」という silence はありません。近いもの: {near}",
        en="There is no silence `{found}`. The nearest is: {near}",
    ),
    "script.unknown_rule": Text(
        ja="「{found}」という規則はありません。近いもの: {near}",
        en="There is no rule `{found}`. The nearest is: {near}",
    ),
    "script.which_rule": Text(
        ja="どの規則ですか。名前を書いてください。あるもの: {known}",
        en="Which rule? Name it. There are: {known}",
    ),
}
