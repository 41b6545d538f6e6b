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
    "megane.database-workers": Text(
        ja="[database] workers = {workers} はSQLiteでは使えません（書き手は一つだけです）。url でPostgreSQLを指定するか、workers を消してください。",
        en="[database] workers = {workers} is not possible with SQLite, which has one writer. Name a PostgreSQL server "
        "by `url`, or leave `workers` out.",
    ),
    "megane.postgresql-encoding": Text(
        ja="PostgreSQLのデータベースの文字コードが {found} です。UTF8 で作り直してください: createdb -E UTF8 -T template0 名前",
        en="The PostgreSQL database is encoded in {found}. Make it anew in UTF8: createdb -E UTF8 -T template0 NAME",
    ),
    "megane.postgresql-in-use": Text(
        ja="データベース {url} では、別のmegane（別の都市か、別の版）が動いています。"
        "一つのデータベースには一つの都市だけです。そちらを止めるか、[database] url で別のデータベースを指定してください。",
        en="Another megane (another city, or another version) works on the database {url}. A database is for one city: "
        "stop that one, or name another database in [database] url.",
    ),
    "megane.postgresql-password-in-url": Text(
        ja="[database] url にパスワードを書かないでください。ファイルに置き、password_file で指定してください。",
        en="No password belongs into [database] url. Put it into a file and name that by `password_file`.",
    ),
    "megane.postgresql-too-old": Text(
        ja="PostgreSQL {found} は古すぎます。{oldest} 以降が必要です。",
        en="PostgreSQL {found} is too old. {oldest} or newer is needed.",
    ),
    "megane.postgresql-unusable": Text(
        ja="データベース {url} を使えません: {problem}。サーバーが動いているか、[database] の url と password_file が正しいかを確かめてください。",
        en="Cannot use the database {url}: {problem}. Does the server run, and are url and password_file of [database] "
        "right?",
    ),
    "megane.postgresql-url": Text(
        ja="[database] url は postgresql://ユーザー@ホスト:5432/データベース の形で書いてください。",
        en="[database] url must read postgresql://user@host:5432/database.",
    ),
    "megane.help": Text(
        ja="Megane（眼鏡）は、小さな都市が見て動くためのしくみです。\n\n"
        "はじめに: `megane demo` で、鯖江の川の水位が上がり、警報が出て、担当課に知らせが届くところを見られます。",
        en="Megane lets a small city see and act.\n\n"
        "Begin with `megane demo`: a river in Sabae rises, an alert fires, and a department is told.",
    ),
    "megane.help-up": Text(
        ja="都市を動かします（MQTT ブローカー、取り込み、規則、通知、画面）。Ctrl-C か SIGTERM で、手元のものを失わずに止まります。\n\n"
        "例:\n\n- `megane up`\n\n- `megane up --home /var/lib/megane --http-port 8080 --mqtt-port 1883`\n\n"
        "- `megane up --no-broker --mqtt-url mqtt://broker.city.example:1883`",
        en="Runs a city (MQTT broker, ingester, rules, webhooks, pages). Ctrl-C or SIGTERM stops it; nothing in hand is lost."
        "\n\nExamples:\n\n- `megane up`\n\n- `megane up --home /var/lib/megane --http-port 8080 --mqtt-port 1883`\n\n"
        "- `megane up --no-broker --mqtt-url mqtt://broker.city.example:1883`",
    ),
    "megane.help-demo": Text(
        ja="模擬の都市で、川の増水から担当課への知らせまでを速回しで見せます。\n\n"
        "例:\n\n- `megane demo`\n\n- `megane demo --for 60s --json`\n\n- `megane demo --scenario heavy-snow --span 6h --store influxdb`",
        en="Shows, in quick motion and on a simulated city, a river's rise up to the webhook at a department.\n\n"
        "Examples:\n\n- `megane demo`\n\n- `megane demo --for 60s --json`\n\n- `megane demo --scenario heavy-snow --span 6h --store influxdb`",
    ),
    "megane.help-replay": Text(
        ja="公開された過去の観測値、または記録（journal）を、動いている都市と同じ規則エンジンにもう一度通します。\n\n"
        "例:\n\n- `megane replay fukui-river --rules rules.yaml --from 2024-06-22 --to 2024-06-26`\n\n"
        "- `megane replay home/journal.sqlite --format journal --json`",
        en="Runs published readings of the past, or a journal, once more through the engine that runs a live city.\n\n"
        "Examples:\n\n- `megane replay fukui-river --rules rules.yaml --from 2024-06-22 --to 2024-06-26`\n\n"
        "- `megane replay home/journal.sqlite --format journal --json`",
    ),
    "megane.help-check": Text(
        ja="都市のファイル（台帳・規則）と設定を調べ、誤りをすべて、場所と直し方とともに示します。\n\n例:\n\n- `megane check --city cities/sabae`",
        en="Checks a city's files (catalog, rules) and settings: every mistake, with its place and what would be right.\n\n"
        "Example:\n\n- `megane check --city cities/sabae`",
    ),
    "megane.help-version": Text(ja="版を表示します。", en="Prints the version."),
    "megane.help-rules-reference": Text(
        ja="規則の書き方(キー、式、関数)を Markdown で出します。\n\n例:\n\n- `megane rules reference | less`",
        en="Prints how rules are written (keys, expressions, functions) as Markdown.\n\n"
        "Example:\n\n- `megane rules reference | less`",
    ),
    "megane.help-rules-reload": Text(
        ja="都市のフォルダーの規則を読み直し、動いている都市に適用します。一つでも誤りがあれば、何も変えません。"
        "変わらない規則の状態（継続時間など）はそのまま続きます。SIGHUP も同じです。\n\n"
        "例:\n\n- `megane rules reload`\n\n- `megane rules reload --home /var/lib/megane --json`",
        en="Reads the rules of the city's folder again and brings them into force in the running city: all of them, or none "
        "where one is wrong. Rules that did not change keep what they know. SIGHUP does the same.\n\n"
        "Examples:\n\n- `megane rules reload`\n\n- `megane rules reload --home /var/lib/megane --json`",
    ),
    "megane.city-said": Text(ja="{text}", en="{text}"),
    "megane.help-schema": Text(
        ja="都市のファイルの JSON Schema を出します。エディターが補い、確かめます。種類: catalog rules scenario settings。\n\n"
        "例:\n\n- `megane schema rules > rules.schema.json`\n\n"
        "- ファイルの先頭に `# yaml-language-server: $schema=rules.schema.json`",
        en="Prints the JSON Schema of a kind of file, by which editors complete and check: catalog, rules, scenario, "
        "settings.\n\nExamples:\n\n- `megane schema rules > rules.schema.json`\n\n"
        "- at the head of a file `# yaml-language-server: $schema=rules.schema.json`",
    ),
    "megane.option-schema": Text(ja="ファイルの種類", en="kind of file"),
    "megane.schema-unknown": Text(
        ja="「{kind}」という種類はありません。あるのは {known} です。",
        en="There is no kind `{kind}`. There are: {known}.",
    ),
    "megane.help-rules": Text(ja="規則を扱います。", en="Works on rules."),
    "megane.help-rules-test": Text(
        ja="規則ファイルの `tests:` と台本（`.rules-test`）を実行します。失敗があれば違いを示し、1 で終わります。\n\n"
        "例:\n\n- `megane rules test cities/sabae/rules`\n- `megane rules test flood.rules-test`",
        en="Runs the `tests:` in rule files, and scripts (`.rules-test`); shows what differs and exits 1 when one fails.\n\n"
        "Examples:\n\n- `megane rules test cities/sabae/rules`\n- `megane rules test flood.rules-test`",
    ),
    "megane.help-quarantine": Text(
        ja="使えなかった受信データ（隔離）を見て、送り直します。",
        en="Looks at what could not be used, and sends it again.",
    ),
    "megane.help-quarantine-list": Text(
        ja="隔離されたものを古い順に並べます。\n\n例:\n\n- `megane quarantine list --home home --reason unknown_sensor`",
        en="Lists the quarantine, the oldest first.\n\nExample:\n\n- `megane quarantine list --home home --reason unknown_sensor`",
    ),
    "megane.help-quarantine-show": Text(
        ja="1 件を中身とともに示します。\n\n例:\n\n- `megane quarantine show 12`",
        en="Shows one piece with its payload.\n\nExample:\n\n- `megane quarantine show 12`",
    ),
    "megane.help-quarantine-resend": Text(
        ja="隔離されたものを、もう一度取り込みに通します（台帳を直したあとに）。\n\n例:\n\n- `megane quarantine resend 12 13`\n\n"
        "- `megane quarantine resend --reason unknown_sensor`\n\n- `megane quarantine resend --device field-12`",
        en="Sends pieces through the city once more, after the catalog was mended.\n\nExamples:\n\n"
        "- `megane quarantine resend 12 13`\n\n- `megane quarantine resend --reason unknown_sensor`\n\n"
        "- `megane quarantine resend --device field-12`",
    ),
    "megane.option-home": Text(ja="状態をすべて置くフォルダー", en="the folder that holds all state"),
    "megane.option-city": Text(
        ja="都市のフォルダー（catalog/ と rules/）", en="the city's folder (catalog/ and rules/)"
    ),
    "megane.option-json": Text(ja="結果を JSON で（最後の行に）出す", en="print the result as JSON, on the last line"),
    "megane.option-settings": Text(ja="設定ファイル（TOML）", en="settings file (TOML)"),
    "megane.option-mqtt-port": Text(ja="MQTT のポート", en="port of MQTT"),
    "megane.option-http-port": Text(ja="画面と API のポート", en="port of pages and API"),
    "megane.option-broker": Text(ja="Mosquitto を自分で動かす／動かさない", en="run a Mosquitto of our own, or not"),
    "megane.option-mqtt-url": Text(
        ja="すでにあるブローカー（mqtt://ホスト:ポート）", en="a broker that is there (mqtt://host:port)"
    ),
    "megane.option-for": Text(ja="動かす時間（30s 以上。例 60s, 2m）", en="how long to run (30s or more; 60s, 2m)"),
    "megane.option-span": Text(
        ja="模擬の時間で、どこまで動かすか（例 5h。機械の速さによらず同じ値が出ます）",
        en="how much simulated time to play (5h; the same readings however fast this machine is)",
    ),
    "megane.option-scenario": Text(ja="シナリオの名前", en="the scenario's name"),
    "megane.option-whole": Text(
        ja="すべての機器で本物のエージェントを動かす。時間がかかるので、速さ(--speed)は 120 までが目安です。",
        en="Run the real agent on every device. It costs more: a speed (--speed) of 120 or less leaves alerts their pace.",
    ),
    "megane.option-speed": Text(ja="何倍の速さで進めるか", en="how many times as fast as real time"),
    "megane.option-browser": Text(ja="画面をブラウザーで開く／開かない", en="open the page in a browser, or not"),
    "megane.option-replay-dir": Text(
        ja="観測値のフォルダー、または記録のファイル", en="folder of readings, or journal file"
    ),
    "megane.option-replay-rules": Text(ja="規則ファイル", en="rule file"),
    "megane.option-format": Text(ja="形式（fukui-river または journal）", en="format (fukui-river or journal)"),
    "megane.option-from": Text(ja="はじめの日（日本時間、この日を含む）", en="first day (Asia/Tokyo, included)"),
    "megane.option-to": Text(ja="終わりの日（この日を含まない）", en="last day (not included)"),
    "megane.option-rules-path": Text(
        ja="規則ファイル、台本（.rules-test）、またはそれらのフォルダー",
        en="rule file, script (.rules-test), or folder of them",
    ),
    "megane.option-reason": Text(ja="この理由のものだけ", en="only those of this reason"),
    "megane.option-limit": Text(ja="最大件数", en="at most so many"),
    "megane.option-resend-device": Text(
        ja="この装置が送ってきたものだけ(カタログにある装置)", en="only what this device of the catalog sent"
    ),
    "megane.option-quarantine-id": Text(ja="隔離の番号", en="number in the quarantine"),
    "megane.bad-duration": Text(
        ja="{text} は時間として読めません。60s、2m、1h のように書いてください。",
        en="{text} is no duration. Write 60s, 2m or 1h.",
    ),
    "megane.broker-missing": Text(
        ja="Mosquitto がありません。`make setup`、または `sudo apt-get install mosquitto` で入れてください。"
        "別のブローカーを使うなら --no-broker と --mqtt-url を指定します。",
        en="Mosquitto is not installed. Run `make setup` or `sudo apt-get install mosquitto`; "
        "to use another broker, give --no-broker and --mqtt-url.",
    ),
    "megane.broker-users": Text(
        ja="[mqtt] bind = {bind!r} で外の装置を受けるには、users_file、username、password_file の三つを書いてください。"
        "users_file は `mosquitto_passwd -c users megane` で作ります。username（Megane 自身）もその中の一人です。",
        en="[mqtt] with bind = {bind!r} and users needs all three of users_file, username and password_file. "
        "Make the users_file with `mosquitto_passwd -c users megane`; username is Megane itself, one of the users.",
    ),
    "megane.broker-port": Text(
        ja="MQTT のポート {bind}:{port} を使えません（{problem}）。--mqtt-port で別の番号にするか、"
        "使っているプログラムを止めてください。",
        en="Cannot use the MQTT port {bind}:{port} ({problem}). Give another one with --mqtt-port, "
        "or stop the program that uses it.",
    ),
    "megane.broker-failed": Text(
        ja="Mosquitto が起動しません。Mosquitto の最後のことば: {words}（全部は {log} にあります）",
        en="Mosquitto does not start. Its last words: {words} (all of them are in {log})",
    ),
    "megane.replay-format": Text(
        ja="形式 {format} は知りません。使えるのは {known} です。", en="Unknown format {format}. There are: {known}."
    ),
    "megane.replay-needs": Text(
        ja="形式 {format} には --rules、--from、--to が必要です。", en="Format {format} needs --rules, --from and --to."
    ),
    "megane.replay-day": Text(
        ja="{text} は日付として読めません。2024-06-22 のように書いてください。",
        en="{text} is no date. Write 2024-06-22.",
    ),
    "megane.replay-rule": Text(ja="規則", en="rule"),
    "megane.replay-subject": Text(ja="対象", en="subject"),
    "megane.replay-raised": Text(ja="発生", en="raised"),
    "megane.replay-cleared": Text(ja="解消", en="cleared"),
    "megane.replay-peak": Text(ja="最大値", en="peak"),
    "megane.replay-readings": Text(
        ja="読んだ値 {read} = 保存 {stored} + 重複 {duplicates} + 期間外 {outside} + 隔離 {quarantined}",
        en="read {read} = stored {stored} + duplicates {duplicates} + outside {outside} + quarantined {quarantined}",
    ),
    "megane.port-taken": Text(
        ja="{bind} のポート {port} で待ち受けできません: {problem}。--http-port で別の番号を選んでください。",
        en="Cannot listen on port {port} of {bind}: {problem}. Choose another with --http-port.",
    ),
    "megane.socket-unusable": Text(
        ja="ソケット {path} を作れません: {problem}。--home にもっと短い道のりのフォルダーを選んでください（107 バイトまで）。",
        en="Cannot make the socket {path}: {problem}. Choose a --home with a shorter path (107 bytes at most).",
    ),
    "megane.home-unusable": Text(
        ja="フォルダー {folder} を作れません: {problem}。--home と権限を確かめてください。",
        en="Cannot make the folder {folder}: {problem}. Check --home and its permissions.",
    ),
    "megane.ready": Text(
        ja="動いています: {url}（状態の置き場 {home}）。Ctrl-C で止まります。",
        en="Running: {url} (state in {home}). Ctrl-C stops it.",
    ),
    "megane.stopped": Text(
        ja="止まりました。手元のものはすべて記録されています。", en="Stopped. Everything in hand is recorded."
    ),
    "megane.unknown-store": Text(
        ja="保存先 {kind} は知りません。使えるのは {known} です（[store] kind）。",
        en="Unknown store {kind}. There are: {known} ([store] kind).",
    ),
    "megane.store-options": Text(
        ja="保存先 {kind} の設定が正しくありません: {problem}。[store.options] を直してください。",
        en="The options of store {kind} are not valid: {problem}. Mend [store.options].",
    ),
    "megane.mqtt-url": Text(
        ja="ブローカーの場所 {url!r} が読めません。--mqtt-url mqtt://ホスト:ポート のように書いてください。",
        en="Cannot read the broker's address {url!r}. Write --mqtt-url mqtt://host:port.",
    ),
    "megane.check-fine": Text(
        ja="誤りはありません。センサー {sensors}、規則 {rules}。", en="No mistakes. {sensors} sensors, {rules} rules."
    ),
    "megane.check-store": Text(
        ja="[store] {kind}: {problem}。都市は動き、直るまで受信記録(ジャーナル)に貯めます。{by_hand}",
        en="[store] {kind}: {problem}. The city runs, and keeps all in its journal until this is mended. {by_hand}",
    ),
    "megane.check-unaddressed": Text(
        ja="送り先の URL がまだ決まっていない窓口があります: {endpoints}。設定の [endpoints.名前] に url と secret_files を書くまで、ここへは何も届きません。",
        en="Endpoints without a URL: {endpoints}. Nothing reaches them until [endpoints.name] in the settings has url and secret_files.",
    ),
    "megane.check-unnamed-channels": Text(
        ja="手順書の notify が使う通知先が設定にありません: {channels}。設定の [channels] に「名前 = 宛先のファイル」を書くまで、ここへは何も届きません。",
        en="Playbooks notify channels that the settings do not have: {channels}. Nothing reaches them until [channels] has name = file.",
    ),
    "megane.city-does-not-answer": Text(
        ja="動いている都市が答えません（{socket}）: {problem}。",
        en="The running city does not answer ({socket}): {problem}.",
    ),
    "megane.city-refuses": Text(
        ja="都市が断りました（{path}, {status}）: {body}", en="The city refused ({path}, {status}): {body}"
    ),
    "megane.no-city-there": Text(
        ja="{home} に都市の状態がありません。--home を確かめてください。",
        en="There is no city's state in {home}. Check --home.",
    ),
    "megane.quarantine-which": Text(
        ja="どれを送り直しますか。番号か --reason か --device を書いてください。",
        en="Send which again? Give numbers, --reason or --device.",
    ),
    "megane.quarantine-not-running": Text(
        ja="{home} の都市は動いていません。送り直しは都市を通ります。`megane up --home {home}` で動かしてから、もう一度実行してください。",
        en="The city of {home} is not running. Sending again goes through it: start it with `megane up --home {home}`, then repeat this.",
    ),
    "megane.quarantine-unknown": Text(
        ja="番号 {id} のものは隔離にありません。", en="There is no number {id} in the quarantine."
    ),
    "megane.quarantine-reason": Text(
        ja="理由 {reason} はありません。使えるのは {known} です。",
        en="There is no reason {reason}. There are: {known}.",
    ),
    "megane.quarantine-resent": Text(ja="{count} 件を送り直しました。", en="{count} sent again."),
    "megane.quarantine-empty": Text(ja="隔離されたものはありません。", en="The quarantine is empty."),
    "megane.quarantine-id": Text(ja="番号", en="id"),
    "megane.quarantine-arrived": Text(ja="到着", en="arrived"),
    "megane.quarantine-reason-column": Text(ja="理由", en="reason"),
    "megane.quarantine-topic": Text(ja="トピック", en="topic"),
    "megane.quarantine-detail": Text(ja="くわしく", en="detail"),
    "megane.quarantine-payload": Text(ja="中身", en="payload"),
    "megane.rules-test-no-city": Text(
        ja="{path} の上に catalog/ のあるフォルダーがありません。--city で都市のフォルダーを示してください。",
        en="There is no folder with a catalog/ above {path}. Name the city's folder with --city.",
    ),
    "megane.rules-tested": Text(
        ja="規則 {rules}（テストのないもの {untested}）、テスト {tests}、失敗 {failed}。",
        en="{rules} rules ({untested} without tests), {tests} tests, {failed} failed.",
    ),
    "megane.rules-test-failed": Text(
        ja="{count} 件のテストが失敗しました。規則か、テストの期待を直してください。",
        en="{count} test(s) failed. Mend the rule, or what the test expects.",
    ),
    "megane.demo-running": Text(
        ja="模擬の都市「{scenario}」を {speed:g} 倍の速さで動かしています。画面: {url}",
        en="A simulated city, “{scenario}”, runs {speed:g} times as fast as real time. Page: {url}",
    ),
    "megane.demo-notice": Text(
        ja="【模擬】実際の状況ではありません。「{scenario}」を {speed:g} 倍の速さで動かしています。時刻も模擬のものです。",
        en="[SIMULATION] Nothing of this is real. “{scenario}” runs {speed:g} times as fast as real time; times are simulated too.",
    ),
    "megane.demo-told": Text(
        ja="{time}  {department}へ: {title}（{subject}）{state}",
        en="{time}  to {department}: {title} ({subject}) {state}",
    ),
    "megane.demo-firing": Text(ja="発生", en="raised"),
    "megane.demo-resolved": Text(ja="解消", en="resolved"),
    "megane.demo-result": Text(
        ja="送った値 {published} = 保存 {stored} + 重複 {duplicates} + 隔離 {quarantined}。警報 {alerts}、届いた知らせ {delivered}、"
        "届かなかった知らせ {dead}。観測から知らせまで {p50:.0f} ミリ秒（中央値）、{p99:.0f} ミリ秒（99 %）。",
        en="Readings published {published} = stored {stored} + duplicates {duplicates} + quarantined {quarantined}. "
        "Alerts {alerts}, webhooks delivered {delivered}, dead {dead}. "
        "From publish to webhook {p50:.0f} ms (median), {p99:.0f} ms (99 %).",
    ),
    "megane.option-store": Text(ja="保存先の種類（duckdb、influxdb など）", en="kind of store (duckdb, influxdb, ...)"),
    "megane.option-store-url": Text(
        ja="すでにある InfluxDB 1 系（http://ホスト:8086）。なければ一時的に起動する",
        en="an InfluxDB 1.x that is there (http://host:8086); else one is started for the demo",
    ),
    "megane.influxdb-missing": Text(
        ja="influxd がありません。`sudo apt-get install influxdb` で入れるか、--store-url で動いている InfluxDB を指定してください。",
        en="influxd is not installed. Run `sudo apt-get install influxdb`, or name a running one with --store-url.",
    ),
    "megane.influxdb-failed": Text(
        ja="influxd が起動しません: {words}",
        en="influxd does not start: {words}",
    ),
    "megane.demo-too-short": Text(
        ja="--for は 30s 以上にしてください（{given:g} 秒では警報が出るところまで進みません）。",
        en="--for must be 30s or more ({given:g} s does not reach the first alert).",
    ),
    "megane.demo-unbalanced": Text(
        ja="数が合いません。送った値 {published}、受け取った値 {received}、届いていない知らせ {missing}。",
        en="The books do not balance: published {published}, accounted for {received}, events not delivered {missing}.",
    ),
    "megane.demo-silent": Text(
        ja="{devices} 台の装置が {seconds:g} 秒たっても受領を待っています。ログを見てください。",
        en="{devices} device(s) still wait for receipts after {seconds:g} s. Look at the log.",
    ),
}
