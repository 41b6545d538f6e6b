"""Texts of `city`."""

from collections.abc import Mapping
from typing import Final

from city.messages.text import Text

TEXTS: Final[Mapping[str, Text]] = {
    "city.mistakes": Text(
        ja="誤りが {count} 件あります。上の行をそれぞれ直してから、もう一度実行してください。",
        en="{count} mistake(s) found. Mend the lines above, then run it again.",
    ),
    # city/yaml_file.py
    "city.yaml_syntax": Text(
        ja="YAML として読めません({problem})。この行と、その上の行の字下げ・引用符・コロンを確かめてください。",
        en="This is not YAML ({problem}). Check indentation, quotes and colons on this line and the one above.",
    ),
    "city.yaml_too_long": Text(
        ja="ファイルが長すぎます(上限 {limit} 文字)。いくつかのファイルに分けてください。",
        en="The file is too long (at most {limit} characters). Divide it into several files.",
    ),
    "city.yaml_depth": Text(
        ja="入れ子が深すぎます(上限 {limit} 段)。段を減らしてください。",
        en="Nested too deeply (at most {limit} levels). Use fewer levels.",
    ),
    "city.yaml_alias": Text(
        ja="「&」(アンカー)と「*」(エイリアス)は使えません。同じ内容をもう一度書くか、文字なら引用符で囲んでください。",
        en="Anchors (&) and aliases (*) are not used here. Write the content again, or quote it if it is text.",
    ),
    "city.yaml_tag": Text(
        ja="「!」で始まるタグは使えません。取り除くか、文字なら引用符で囲んでください。",
        en="Tags (!) are not used here. Remove it, or quote it if it is text.",
    ),
    "city.yaml_documents": Text(
        ja="1 つのファイルに書けるのは 1 文書だけです。「---」から後を別のファイルに移してください。",
        en="A file holds one document. Move what follows `---` into a file of its own.",
    ),
    "city.yaml_key": Text(
        ja="項目名が文字ではありません。「名前: 値」の形で書いてください。",
        en="A key must be plain text. Write it as `name: value`.",
    ),
    "city.yaml_twice": Text(
        ja="「{name}」は {first} 行目にもあります。どちらかを消してください。",
        en="`{name}` stands on line {first} already. Remove one of them.",
    ),
    # city/value.py, city/section.py
    "city.missing": Text(ja="「{key}」がありません。書き加えてください。", en="`{key}` is missing. Add it."),
    "city.tree_loops": Text(
        ja="above をたどると {department} に戻ってしまいます。部には above を書きません。",
        en="following `above` leads back to {department}; a department at the top has no `above`.",
    ),
    "city.unknown_key": Text(
        ja="「{key}」という項目はここでは使えません。使える項目: {known}",
        en="`{key}` is not known here. Known are: {known}",
    ),
    "city.unknown_key_near": Text(
        ja="「{key}」という項目はここでは使えません。「{known}」ではありませんか。",
        en="`{key}` is not known here. Did you mean `{known}`?",
    ),
    "city.unknown_name": Text(
        ja="{key}:「{found}」は登録されていません。先に登録するか、登録済みの名前に直してください。",
        en="{key}: there is no `{found}`. Add it first, or name one that there is.",
    ),
    "city.unknown_name_near": Text(
        ja="{key}:「{found}」は登録されていません。「{near}」ではありませんか。",
        en="{key}: there is no `{found}`. Did you mean `{near}`?",
    ),
    "city.need_text": Text(ja="「{key}」には文字を書いてください。", en="`{key}` must be a text."),
    "city.need_name": Text(
        ja="「{key}」の名前「{found}」は使えません。半角の小文字 a-z・数字・「-」「_」で 64 字以内にしてください。",
        en="`{found}` is no name for `{key}`. Use lower-case a-z, digits, `-` and `_`, at most 64 of them.",
    ),
    "city.need_choice": Text(
        ja="「{key}」の「{found}」は選べません。次のどれかにしてください: {known}",
        en="`{found}` is no choice for `{key}`. Take one of: {known}",
    ),
    "city.need_flag": Text(
        ja="「{key}」は true か false にしてください(引用符なし)。いまは「{found}」です。",
        en="`{key}` must be true or false, without quotes; it is `{found}`.",
    ),
    "city.need_number": Text(
        ja="「{key}」は数にしてください(半角、引用符なし)。いまは「{found}」です。",
        en="`{key}` must be a number, without quotes; it is `{found}`.",
    ),
    "city.need_integer": Text(
        ja="「{key}」は整数にしてください(半角、引用符なし)。いまは「{found}」です。",
        en="`{key}` must be a whole number, without quotes; it is `{found}`.",
    ),
    "city.outside": Text(
        ja="「{key}」の {found} は範囲の外です。{low} から {high} までにしてください。",
        en="`{key}` is {found}; it must lie within {low} and {high}.",
    ),
    "city.need_duration": Text(
        ja="「{key}」は 90s、10m、1h、7d のような長さ(なしは 0)で書いてください。いまは「{found}」です。",
        en="`{key}` must be a duration such as 90s, 10m, 1h, 7d (or 0); it is `{found}`.",
    ),
    "city.need_date": Text(
        ja="「{key}」は 2027-03-31 のような日付にしてください。いまは「{found}」です。",
        en="`{key}` must be a day such as 2027-03-31; it is `{found}`.",
    ),
    "city.need_time": Text(
        ja="「{key}」は 2024-06-23T06:00:00+09:00 のように時差つきで書いてください。いまは「{found}」です。",
        en="`{key}` must be a time with its offset such as 2024-06-23T06:00:00+09:00; it is `{found}`.",
    ),
    "city.schedule_nothing": Text(
        ja="日課に条件がありません。days、times、dates、holidays のどれかを書いてください。いつでもよいときは、日課ごと取り除きます。",
        en="The schedule names nothing. Give days, times, dates or holidays; where it is always, remove the schedule.",
    ),
    "city.schedule_times": Text(
        ja="時間帯は 7:30-16:30 のように書いてください(22:00-6:00 は翌朝まで、終わりは 24:00 まで)。いまは「{found}」です。",
        en="Times of day are written as 7:30-16:30 (22:00-6:00 reaches into the next day, 24:00 is the end of a day); "
        "found `{found}`.",
    ),
    "city.schedule_dates": Text(
        ja="季節は 12/1-3/31 のように「月/日-月/日」で書いてください。いまは「{found}」です。",
        en="Dates are written month/day-month/day, as 12/1-3/31; found `{found}`.",
    ),
    "city.schedule_zone": Text(
        ja="「{found}」という時間帯はありません。近い名前は {near} です(IANA の名前。書かなければ Asia/Tokyo)。",
        en="There is no time zone `{found}`; near it is {near} (names of IANA; Asia/Tokyo where none is given).",
    ),
    "city.need_section": Text(
        ja="「{key}」には「名前: 値」の組を書いてください。",
        en="`{key}` must hold `name: value` pairs.",
    ),
    # city/catalog_file.py, city/device_section.py
    "city.output_values": Text(
        ja="出力「{name}」の values には、止まっているときの値、動いているときの値の順に、違う二つを書いてください。",
        en="`values` of the output `{name}` must be two different ones: at rest first, then when it is on.",
    ),
    "city.output_foreign": Text(
        ja="ほかの方式で話す装置(speaks)には、指示を送れません。outputs を消してください。",
        en="A device that speaks as another's takes no commands. Take `outputs` away.",
    ),
    "city.id_twice": Text(
        ja="id「{name}」は {first} にもあります。どちらかの id を変えてください。",
        en="The id `{name}` stands at {first} already. Change one of them.",
    ),
    "city.no_city": Text(
        ja="どのファイルにも「city」がありません。city: {{id: …, title: {{ja: …, en: …}}}} を書き加えてください。",
        en="No file says which city it is. Add city: {{id: …, title: {{ja: …, en: …}}}}.",
    ),
    "city.city_twice": Text(
        ja="「city」は {first} にもあります。どちらかを消してください。",
        en="`city` stands at {first} already. Remove one of them.",
    ),
    "city.need_point": Text(
        ja="「{key}」の各点は [緯度, 経度] の形で書いてください。",
        en="Each point of `{key}` must be [latitude, longitude].",
    ),
    "city.need_range": Text(
        ja="「{key}」は [下限, 上限] の形で、下限を上限より小さくしてください。",
        en="`{key}` must be [least, greatest], the first less than the second.",
    ),
    "city.no_owner": Text(
        ja="センサー「{sensor}」の担当課がありません。ここか機器に「owner」を書いてください。",
        en="The sensor `{sensor}` has no owner. Add `owner` here or at its device.",
    ),
    "city.no_quantity": Text(
        ja="「{name}」が何を測るのかわかりません。「quantity」に次のどれかを書いてください: {known}",
        en="What does `{name}` measure? Add `quantity`, one of: {known}",
    ),
    "city.zone_differs": Text(
        ja="地区「{area}」は区域「{area_zone}」にありますが、機器は区域「{zone}」です。どちらかに揃えてください。",
        en="The area `{area}` lies in the zone `{area_zone}`, but the device is in `{zone}`. Make them agree.",
    ),
    "city.levels_order": Text(
        ja="水位の順が逆です: {lower} {low} は {higher} {high} より低くしてください。",
        en="Levels out of order: {lower} {low} must be below {higher} {high}.",
    ),
    # city/quality_section.py
    "city.need_limit": Text(
        ja="「{key}」は{what}か、調べないなら off にしてください。いまは「{found}」です。",
        en="`{key}` must be {what}, or off where it is not to be looked at; it is `{found}`.",
    ),
    "city.limit_number": Text(ja="正の数(半角、引用符なし)", en="a positive number, without quotes"),
    "city.limit_duration": Text(ja="30m、12h、3d のような長さ", en="a duration such as 30m, 12h, 3d"),
    # city/sensor_health.py
    "city.health_is_given": Text(
        ja="センサーの健全さ(health)は市が自分で付けます。「{name}」を消してください。",
        en="The health of sensors is added by the city itself. Remove `{name}`.",
    ),
    "city.health_name": Text(
        ja="「{suffix}」で終わる名前は、センサーの健全さのためにあけてあります。「{name}」を別の名前にしてください。",
        en="Names that end in `{suffix}` are kept for the health of sensors. Give `{name}` another.",
    ),
    "city.health_long": Text(
        ja="センサーの名前「{name}」が長すぎます。{longest} 字以内にしてください。",
        en="The name `{name}` is too long for a sensor. Use at most {longest} characters.",
    ),
    # city/speech_section.py
    "city.speech_one": Text(
        ja="「speaks」には、次のうち一つだけを書いてください: {known}",
        en="`speaks` must hold exactly one of: {known}",
    ),
    "city.place_of_ours": Text(
        ja="「at」は、ほかの方式で話す装置だけに使います。装置に「speaks」を書くか、「at」を消してください。",
        en="`at` is for devices that speak otherwise than ours. Add `speaks` at the device, or remove `at`.",
    ),
    "city.no_place": Text(
        ja="値がどこにあるのかわかりません。「at」に電文の中の場所を書いてください(例: at: {example})。",
        en="Where in the payload is its value? Add `at`, such as at: {example}",
    ),
    "city.no_unit": Text(
        ja="この装置の電文には単位がありません。「unit」に次のどれかを書いてください: {known}",
        en="The payload of this device names no unit. Add `unit`, one of: {known}",
    ),
    "city.speech_dev_eui": Text(
        ja="DevEUI「{found}」は使えません。16 桁の 16 進数で書いてください(例: a84041fc4188657a)。",
        en="`{found}` is no DevEUI. Write its 16 hexadecimal digits, such as a84041fc4188657a.",
    ),
    "city.speech_part": Text(
        ja="「{key}」の「{found}」は使えません。「/」「+」「#」のない名前にしてください(STATE は使えません)。",
        en="`{found}` cannot be the {key}. Use a name without `/`, `+` and `#` (and not STATE).",
    ),
    "city.speech_topic": Text(
        ja="トピック「{found}」は使えません。「+」「#」を使わず、「$」「/」で始めず、「/」で終えずに、256 字以内で書いてください。",
        en="`{found}` is no topic to hear. Write one topic: no `+` or `#`, no `$` or `/` at its beginning, no `/` at its end, "
        "at most 256 characters.",
    ),
    "city.speech_clock": Text(
        ja="「{found}」という時間帯はありません。近い名前は {near} です(IANA の名前。届いた時刻を使うなら arrival)。",
        en="There is no time zone `{found}`; near it is {near} (names of IANA, or `arrival` for the time of arrival).",
    ),
    "city.speech_path": Text(
        ja="電文の中の場所は AM2301.Temperature のように、キーを「.」でつないで書いてください({most} 段まで)。"
        "キーに「.」があれば [a.b, c] のように並べます。",
        en="A place in the payload is its keys with dots between, such as AM2301.Temperature, at most {most} of them; "
        "where a key has a dot, a list such as [a.b, c].",
    ),
    "city.speech_twice": Text(
        ja="「{address}」は {first} の装置がすでに使っています。どちらかを直してください。",
        en="`{address}` is claimed by the device at {first} already. Change one of them.",
    ),
    "city.speech_root": Text(
        ja="トピック「{topic}」は、市の装置の「{root}/…」の中です。ほかのトピックで送らせるか、設定の [mqtt] root を変えてください。",
        en="The topic `{topic}` lies under the city's own `{root}/…`. Let the device send elsewhere, or change root under "
        "[mqtt] in the settings.",
    ),
    "city.speech_family": Text(
        ja="トピック「{topic}」は {family} の装置のものです。「json」のかわりに「{family}」を書いてください。",
        en="The topic `{topic}` is one of {family}'s. Write `{family}` in place of `json`.",
    ),
    "city.speech_filters": Text(
        ja="ほかの方式の装置のトピックが {count} あり、多すぎます。catalog に listening: {{families: [{families}]}} と書いて、まとめて受けてください。",
        en="{count} topics of other people's devices are too many to ask for one by one. Ask for all at once: "
        "listening: {{families: [{families}]}}.",
    ),
    "city.listening_twice": Text(
        ja="「listening」は {first} にもあります。どちらかを消してください。",
        en="`listening` stands at {first} already. Remove one of them.",
    ),
    # city/register.py
    # city/register.py
    "city.register_no_address": Text(
        ja="「like」の装置は市の方式で話すので、address「{found}」は使えません。空にしてください。",
        en="The device under `like` speaks as the city's own do, so the address `{found}` means nothing. Leave it empty.",
    ),
    "city.register_address": Text(
        ja="「like」の装置はほかの方式で話すので、列「address」に {example} のような宛名が要ります。いまは「{found}」です。",
        en="The device under `like` speaks otherwise than ours: a column `address` must name the row's own, such as "
        "{example}; it is `{found}`.",
    ),
    "city.register_columns": Text(
        ja="1 行目には次の列名を書いてください: {columns}",
        en="The first line must name these columns: {columns}",
    ),
    "city.register_cells": Text(
        ja="この行は {found} 列あります。1 行目と同じ {wanted} 列にしてください。",
        en="This row has {found} cells. Give it {wanted}, as the first line has.",
    ),
    "city.register_broken": Text(
        ja="表(CSV)として読めません({problem})。UTF-8 の CSV で保存し直してください。",
        en="This cannot be read as a table ({problem}). Save it anew as CSV in UTF-8.",
    ),
}
