"""Texts about duty rosters and substitutes: what cannot be, and the command line."""

from collections.abc import Mapping
from typing import Final

from city.messages.text import Text

TEXTS: Final[Mapping[str, Text]] = {
    "duty.unknown": Text(
        ja="その当番はありません: {duty}。megane duty list で番号を確かめてください。",
        en="There is no such duty: {duty}. Look up its id with megane duty list.",
    ),
    "duty.span": Text(
        ja="終わりは始まりより後、長くても {days} 日後までにしてください。",
        en="The end must come after the beginning, by {days} days at most.",
    ),
    "duty.weeks": Text(
        ja="{weeks} 週の繰り返しはできません。1 から {most} 週です。", en="{weeks} weeks cannot be: 1 to {most}."
    ),
    "duty.overlapping_weeks": Text(
        ja="毎週繰り返すなら、1 回の長さは 7 日までにしてください。",
        en="What is repeated each week lasts seven days at most.",
    ),
    "duty.own_substitute": Text(
        ja="自分をほかの人の代理にはできません。職員を管理できる別の人に頼んでください。",
        en="Nobody can make themselves a substitute. Ask somebody else who looks after people.",
    ),
    "duty.same_person": Text(
        ja="本人が本人の代理にはなれません。代理には別の人を選んでください。",
        en="Nobody can be their own substitute. Choose somebody else.",
    ),
    "duty.disabled": Text(
        ja="{name} さんは停止中です。当番や代理にするには、先に新しいリンクで戻してください。",
        en="{name} is disabled. Bring them back by a new link before they take a duty.",
    ),
    "duty.no_holder": Text(
        ja="{name} さんは、{place}の{role}ではありません。その役職の人か、その人の代理を選んでください。",
        en="{name} does not hold the role of {role} at {place}. Choose somebody who does, or their substitute.",
    ),
    "duty.time": Text(
        ja="時刻「{given}」を読めません。2026-11-30T08:30 のように書いてください(時差を書かなければ日本時間)。",
        en="Cannot read the time {given!r}. Write it as 2026-11-30T08:30 (Japan's time where no offset is given).",
    ),
    "duty.added": Text(ja="当番表に {count} 件加えました: {ids}", en="Added {count} to the roster: {ids}"),
    "duty.removed": Text(ja="当番表から外しました: {id}", en="Removed from the roster: {id}"),
    "duty.none": Text(
        ja="この期間の当番はありません。役職に就いている全員に知らせます。",
        en="Nobody is on duty in this time: all who hold a role are asked.",
    ),
    "duty.column-id": Text(ja="番号", en="id"),
    "duty.column-role": Text(ja="役職", en="role"),
    "duty.column-person": Text(ja="氏名", en="name"),
    "duty.column-from": Text(ja="から", en="from"),
    "duty.column-until": Text(ja="まで", en="until"),
    "duty.option-id": Text(ja="当番の番号(duty list)", en="the duty's id (duty list)"),
    "duty.option-role": Text(ja="役職", en="the role"),
    "duty.option-unit": Text(ja="所属。なければ市全体", en="the department; without it: the whole city"),
    "duty.option-from": Text(ja="始まり(2026-11-30T08:30、日本時間)", en="from when (2026-11-30T08:30, Japan's time)"),
    "duty.option-until": Text(ja="終わり", en="until when"),
    "duty.option-list-from": Text(ja="この時刻から(なければ今)", en="from when (default: now)"),
    "duty.option-list-until": Text(ja="この時刻まで(なければ 31 日後)", en="until when (default: 31 days on)"),
    "duty.option-in-place-of": Text(ja="不在の人のユーザー名(その代理)", en="user name of who is away"),
    "duty.option-weeks": Text(ja="毎週、何回", en="how many weeks in a row"),
    "duty.help": Text(ja="当番と代理。", en="Who is on duty, and who acts in whose place."),
    "duty.help-list": Text(
        ja="当番表を見る。\n\n例: `megane duty list --from 2026-11-30T00:00`",
        en="The roster.\n\nExample: `megane duty list --from 2026-11-30T00:00`",
    ),
    "duty.help-add": Text(
        ja="当番を加える。--in-place-of を付けると、不在の人の代理になります。\n\n"
        "例:\n\n- `megane duty add taro --role section_chief --unit bosai --from 2026-11-30T17:15 --to 2026-12-01T08:30 --weeks 4`\n\n"
        "- `megane duty add hanako --role section_chief --unit bosai --from 2026-12-01T00:00 --to 2026-12-06T00:00 --in-place-of taro`",
        en="Adds to the roster; with --in-place-of somebody acts for who is away.\n\n"
        "Examples:\n\n- `megane duty add taro --role section_chief --unit bosai --from 2026-11-30T17:15 --to 2026-12-01T08:30 --weeks 4`\n\n"
        "- `megane duty add hanako --role section_chief --unit bosai --from 2026-12-01T00:00 --to 2026-12-06T00:00 --in-place-of taro`",
    ),
    "duty.help-remove": Text(
        ja="当番を外す。代理はすぐに終わります。\n\n例: `megane duty remove 1a2b3c4d5e6f7081`",
        en="Removes from the roster; who acted by it acts no more.\n\nExample: `megane duty remove 1a2b3c4d5e6f7081`",
    ),
}
