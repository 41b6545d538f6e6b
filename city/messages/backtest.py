"""Texts of backtests, of tuning, and of shadow rules' reports."""

from collections.abc import Mapping
from typing import Final

from city.messages.text import Text

TEXTS: Final[Mapping[str, Text]] = {
    "backtest.help": Text(
        ja="変えようとしている規則を過去の観測値に通し、いまの規則と比べます。警報がどれだけ増え、なくなり、早まり、遅くなるか、"
        "警報中の時間と夜間（22 時〜6 時）の分を、対象ごとに示します。\n\n"
        "規則はファイル、フォルダー、または動いている規則の ID です。比べる相手は、指定がなければ同じ ID の動いている規則です。"
        "観測値は都市の保存先から、`--over` があれば公開された観測値のフォルダーから読みます。\n\n"
        "例:\n\n- `megane backtest rules/river.yaml --from 2024-06-01 --to 2024-07-01`\n\n"
        "- `megane backtest new.yaml --against river-evacuation --over fukui-river --from 2024-01-01 --to 2025-01-01`\n\n"
        "- `megane backtest new.yaml --against old.yaml --over fukui-river --from 2024-06-22 --to 2024-06-26 --json`\n\n"
        "- `megane backtest new.yaml --from 2024-06-01 --to 2024-07-01 --png change.png --html change.html`",
        en="Runs proposed rules over readings of the past, beside the rules in force: alerts gained, lost, earlier and later, "
        "hours in alarm and at night (22 to 6), by subject.\n\n"
        "A rule is a file, a folder, or the id of a rule in force. It is compared with the rule in force of the same id "
        "unless another is named. Readings come from the city's store, with `--over` from a folder of published ones.\n\n"
        "Examples:\n\n- `megane backtest rules/river.yaml --from 2024-06-01 --to 2024-07-01`\n\n"
        "- `megane backtest new.yaml --against river-evacuation --over fukui-river --from 2024-01-01 --to 2025-01-01`\n\n"
        "- `megane backtest new.yaml --against old.yaml --over fukui-river --from 2024-06-22 --to 2024-06-26 --json`\n\n"
        "- `megane backtest new.yaml --from 2024-06-01 --to 2024-07-01 --png change.png --html change.html`",
    ),
    "backtest.shadow-help": Text(ja="試行中の規則を扱います。", en="Works on rules on trial."),
    "backtest.shadow-report-help": Text(
        ja="試行中の規則（`shadow: true`）を、動いている規則と、実際に出た警報で比べます。示し方は `megane backtest` と同じです。\n\n"
        "比べる相手は、指定がなければ、ID の前半が同じ規則です（`river-danger-new` は `river-danger` と比べます）。"
        "試行を始めた時から比べてください（`--from`）。\n\n"
        "例:\n\n- `megane shadow report --from 2024-06-01`\n\n"
        "- `megane shadow report river-danger-new --against river-danger --png trial.png`",
        en="Compares rules on trial (`shadow: true`) with those in force by the alerts that there were; the report is that of "
        "`megane backtest`.\n\n"
        "A rule is compared with the one whose id its own begins with (`river-danger-new` with `river-danger`) unless another "
        "is named. Compare from when the trial began (`--from`).\n\n"
        "Examples:\n\n- `megane shadow report --from 2024-06-01`\n\n"
        "- `megane shadow report river-danger-new --against river-danger --png trial.png`",
    ),
    "backtest.option-shadows": Text(
        ja="試行中の規則の ID（なければすべて）", en="ids of rules on trial (default: all of them)"
    ),
    "backtest.option-beside": Text(ja="比べる規則の ID", en="id of the rule to compare with"),
    "backtest.option-trial-from": Text(
        ja="はじまり（日、または日時。なければ終わりの 7 日前）",
        en="beginning (day or time; default: seven days before the end)",
    ),
    "backtest.no-shadow": Text(
        ja="試行中の規則がありません。規則に shadow: true と書いて `megane rules reload` をすると、試行が始まります。",
        en="No rule is on trial. Write shadow: true into a rule and bring it into force with `megane rules reload`.",
    ),
    "backtest.not-in-shadow": Text(
        ja="{name} は試行中の規則ではありません。近いもの: {near}", en="{name} is no rule on trial. Nearest: {near}"
    ),
    "backtest.option-rules": Text(
        ja="規則のファイル、フォルダー、または ID", en="file or folder of rules, or the id of one in force"
    ),
    "backtest.option-against": Text(
        ja="比べる相手（ファイル、フォルダー、ID。なければ同じ ID の動いている規則）",
        en="what to compare with (file, folder or id; default: the rule in force of the same id)",
    ),
    "backtest.option-over": Text(
        ja="公開された観測値のフォルダー（なければ都市の保存先）",
        en="folder of published readings (default: the city's store)",
    ),
    "backtest.option-format": Text(ja="そのフォルダーの形式", en="the folder's format"),
    "backtest.option-from": Text(
        ja="はじまり（日、または日時。日本時間。なければ終わりの 1 年前）",
        en="beginning (day or time, Asia/Tokyo unless it names an offset; default: a year before the end)",
    ),
    "backtest.option-to": Text(ja="終わり（含まない。なければ現在）", en="end, not included (default: now)"),
    "backtest.option-png": Text(ja="絵を PNG で書き出すファイル", en="file for the picture, as PNG"),
    "backtest.option-html": Text(ja="表と絵を HTML で書き出すファイル", en="file for tables and picture, as HTML"),
    "backtest.picture": Text(
        ja="二つの規則の違いが大きい観測所の、水位と警報の時間",
        en="Readings and alarms where the two rules differ most",
    ),
    "backtest.file-unwritable": Text(
        ja="{file} に書けません: {problem}。場所と権限を確かめてください。",
        en="Cannot write {file}: {problem}. Check its place and permissions.",
    ),
    "backtest.moment": Text(
        ja="{text} は日時として読めません。2024-06-22 か 2024-06-22T18:00 のように書いてください。",
        en="{text} is no time. Write 2024-06-22 or 2024-06-22T18:00.",
    ),
    "backtest.span-empty": Text(
        ja="期間が空です（{start} から {end} まで）。--from は --to より前にしてください。",
        en="The span from {start} to {end} is empty. --from must lie before --to.",
    ),
    "backtest.form": Text(
        ja="形式 {form} は知りません。使えるのは {known} です。", en="Unknown format {form}. There are: {known}."
    ),
    "backtest.no-readings": Text(
        ja="{start} から {end} までの観測値がありません。--from と --to、--over または --home を確かめてください。",
        en="There are no readings from {start} to {end}. Check --from and --to, and --over or --home.",
    ),
    "backtest.no-such-rule": Text(
        ja="{name} というファイルも、動いている規則もありません。近いもの: {near}",
        en="There is neither a file {name} nor a rule in force of that id. Nearest: {near}",
    ),
    "backtest.unpaired": Text(
        ja="{against} に、比べる相手の規則がありません: {rules}。同じ ID の規則を書くか、1 つずつ比べてください。",
        en="{against} has no counterpart of {rules}. Give it rules of the same ids, or compare one with one.",
    ),
    "backtest.nothing-selected": Text(
        ja="この観測値には、規則 {rules} の対象になるセンサーがありません。select を確かめてください。",
        en="None of these readings' sensors is selected by {rules}. Check their select.",
    ),
    "backtest.no-counterpart": Text(
        ja="{rule}: 比べる相手がないので、警報はすべて「増えた」に数えています。--against で指定できます。",
        en="{rule}: there is no rule to compare with, so every alert counts as gained. Name one with --against.",
    ),
    "backtest.unchanged": Text(
        ja="{rule}: 相手と同じ内容です（版が同じ）。", en="{rule}: the same as its counterpart (same version)."
    ),
    "backtest.headline": Text(
        ja="{start} から {end} まで、観測値 {readings} 件。「案 / 現行」の順に示します。",
        en="{start} to {end}, {readings} readings. Figures are proposed / current.",
    ),
    "backtest.headline-ledger": Text(
        ja="{start} から {end} まで、実際に動いた記録。「試行 / 現行」の順に示します。",
        en="{start} to {end}, as it ran. Figures are shadow / current.",
    ),
    "backtest.no-cases": Text(
        ja="夜間は 22 時〜6 時です。案件（ケース）の数は、案件の機能ができてから加わります。",
        en="Night is 22 to 6. Cases that would have been opened are not reckoned yet.",
    ),
    "backtest.rest": Text(
        ja="ほか {count} 件（--json にはすべてあります）", en="and {count} more (--json has them all)"
    ),
    "backtest.column-rule": Text(ja="規則", en="rule"),
    "backtest.column-subject": Text(ja="対象", en="subject"),
    "backtest.column-alerts": Text(ja="警報", en="alerts"),
    "backtest.column-gained": Text(ja="増えた", en="gained"),
    "backtest.column-lost": Text(ja="消えた", en="lost"),
    "backtest.column-earlier": Text(ja="早まった", en="earlier"),
    "backtest.column-later": Text(ja="遅くなった", en="later"),
    "backtest.column-hours": Text(ja="警報中\n（時間）", en="hours"),
    "backtest.column-night": Text(ja="夜間の\n発生", en="at\nnight"),
    "backtest.column-night-hours": Text(ja="夜間\n（時間）", en="night\nhours"),
    "backtest.column-what": Text(ja="違い", en="difference"),
    "backtest.alarm-hours": Text(ja="警報中 {hours} 時間", en="hours {hours}"),
    "backtest.alarm-night": Text(ja="夜間の発生 {count}", en="at night {count}"),
    "backtest.suspect": Text(ja="疑わしい値", en="suspect"),
    "backtest.proposed": Text(ja="案", en="proposed"),
    "backtest.current": Text(ja="現行", en="current"),
    "backtest.shadow": Text(ja="試行", en="shadow"),
    "backtest.no-font": Text(
        ja="日本語のフォントが見つからないので、絵を描けません。どれかを入れてください（例: sudo apt-get install fonts-noto-cjk）: {names}",
        en="There is no Japanese font to draw with. Install one (for example sudo apt-get install fonts-noto-cjk): {names}",
    ),
    "backtest.gained": Text(ja="増えた", en="gained"),
    "backtest.lost": Text(ja="消えた", en="lost"),
    "backtest.earlier": Text(ja="早い", en="earlier"),
    "backtest.later": Text(ja="遅い", en="later"),
    "backtest.span": Text(ja="{raised} から {took}", en="{raised} for {took}"),
    "backtest.still": Text(ja="{raised} から続いている", en="{raised}, still firing"),
    "backtest.seconds": Text(ja="{s}秒", en="{s} s"),
    "backtest.minutes": Text(ja="{m}分", en="{m} min"),
    "backtest.hours": Text(ja="{h}時間", en="{h} h"),
    "backtest.hours-minutes": Text(ja="{h}時間{m}分", en="{h} h {m} min"),
}
