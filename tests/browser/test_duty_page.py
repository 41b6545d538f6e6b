"""The duty roster in a real browser, without a script of ours: somebody is away, and another acts in their place."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from city.right import Role
from tests.browser.conftest import SCREENSHOTS, looking
from tests.unit.api.test_admission import PASSWORD, staffed

SIZES = {"desk": (1440, 900), "phone": (390, 844)}


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
def test_somebody_is_away_and_another_acts_in_their_place(
    browser: Browser, tmp_path: Path, size: str, *, dark: bool
) -> None:
    SCREENSHOTS.mkdir(exist_ok=True)
    with staffed(tmp_path) as city, looking(browser, *SIZES[size], color_scheme="dark" if dark else "light") as seen:
        page = seen.page

        def shot(name: str) -> None:
            # Nothing is wider than the window: a page is read with one thumb.
            assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
            page.screenshot(path=SCREENSHOTS / f"{name}-{size}{'-dark' if dark else ''}.png", full_page=True)

        page.goto(f"{city.url}/duty")
        main = page.get_by_role("main")
        main.get_by_label("ユーザー名").fill(Role.DIGITAL)
        main.get_by_label("パスワード").fill(PASSWORD)
        main.get_by_role("button", name="サインイン").click()
        expect(page.get_by_role("heading", name="当番表", exact=True)).to_be_visible()
        expect(main.get_by_text("この週の当番は決まっていません")).to_be_visible()
        shot("duty-empty")

        form = page.locator("form[action='/duty']")

        def add(role: str, unit: str, who: str, begin: str, end: str, away: str | None = None) -> None:
            form.get_by_label("役職").select_option(role)
            form.get_by_label("所属").select_option(unit)
            form.get_by_label("氏名").select_option(who)
            if away is not None:
                form.get_by_label("だれの代理ですか").select_option(away)
            form.get_by_label("始まり").fill(begin)
            form.get_by_label("終わり").fill(end)
            form.get_by_role("button", name="当番や代理を加える").click()

        chief = ("課長・室長", "防災危機管理課", "section_chief 様")
        add(*chief, "2024-06-20T17:15", "2024-06-21T08:30")
        add(*chief, "2024-06-22T00:00", "2024-06-24T00:00")
        add(*chief[:2], "group_leader 様", "2024-06-23T08:00", "2024-06-24T00:00", "section_chief 様")
        add("市長", "市全体", "cio 様", "2024-06-17T00:00", "2024-06-24T00:00", "mayor 様")
        section = main.locator("section").filter(has=page.get_by_role("heading", name="課長・室長"))
        expect(section.locator("strong")).to_have_text("group_leader 様")
        expect(section.get_by_text("17:15–24:00")).to_be_visible()
        expect(section.get_by_text("section_chief 様 の代理")).to_be_visible()
        shot("duty")

        add(*chief[:2], "member 様", "2024-06-20T17:15", "2024-06-21T08:30")
        expect(main.get_by_role("alert")).to_contain_text("課長・室長ではありません")
        expect(form.get_by_label("氏名").locator("option:checked")).to_have_text("member 様")
        main.get_by_role("button", name="group_leader 様").click()
        expect(section.locator("strong")).to_have_text("section_chief 様")
