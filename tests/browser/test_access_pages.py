"""Signing in, people, tokens and the audit log, in a real browser, without a script of ours."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from city.right import Role
from tests.browser.conftest import SCREENSHOTS, looking
from tests.unit.api.test_admission import PASSWORD, staffed

SIZES = {"desk": (1440, 900), "phone": (390, 844), "wall": (1920, 1080)}


@pytest.mark.parametrize("size", SIZES)
def test_somebody_signs_in_and_lets_another_in(browser: Browser, tmp_path: Path, size: str) -> None:
    SCREENSHOTS.mkdir(exist_ok=True)
    with staffed(tmp_path) as city, looking(browser, *SIZES[size]) as seen:
        page = seen.page

        def shot(name: str) -> None:
            # Nothing is wider than the window: a page is read with one thumb.
            assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
            page.screenshot(path=SCREENSHOTS / f"{name}-{size}.png", full_page=True)

        page.goto(f"{city.url}/people")
        main = page.get_by_role("main")
        main.get_by_label("ユーザー名").fill(Role.DIGITAL)
        main.get_by_label("パスワード").fill("wrong")
        main.get_by_role("button", name="サインイン").click()
        expect(main.get_by_role("alert")).to_have_text("ユーザー名かパスワードが違います。")
        shot("sign-in")
        main.get_by_label("ユーザー名").fill(Role.DIGITAL)
        main.get_by_label("パスワード").fill(PASSWORD)
        main.get_by_role("button", name="サインイン").click()
        expect(page.get_by_role("heading", name="職員", exact=True)).to_be_visible()

        form = page.locator("form[action='/people']")
        form.get_by_label("氏名").fill("鯖江 花子")
        form.get_by_label("ユーザー名").fill("hanako")
        form.get_by_label("役職").first.select_option("課長・室長")
        form.get_by_label("所属").first.select_option("土木課")
        form.get_by_role("button", name="職員を加える").click()
        link = page.locator(".made code").inner_text()
        shot("people")
        page.goto(f"{city.url}/tokens")
        make = page.locator("form[action='/tokens']")
        make.get_by_label("用途").fill("Grafana")
        make.get_by_role("button", name="トークンを作る").click()
        expect(page.locator(".made code")).to_contain_text("megane_")
        shot("tokens")
        page.get_by_role("button", name="サインアウト").click()
        expect(main.get_by_role("heading", name="サインイン")).to_be_visible()

        page.goto(link)
        main.get_by_label("鯖江 花子 さんのパスワード").fill("short")
        main.get_by_role("button", name="パスワードを決める").click()
        assert main.get_by_label("鯖江 花子 さんのパスワード").evaluate("field => !field.validity.valid")
        main.get_by_label("鯖江 花子 さんのパスワード").fill(PASSWORD)
        main.get_by_role("button", name="パスワードを決める").click()
        expect(page.get_by_text("鯖江 花子")).to_be_visible()
        # Who is no administrator finds no way there.
        expect(page.get_by_role("link", name="職員", exact=True)).to_have_count(0)
        assert page.goto(f"{city.url}/audit").status == 403  # type: ignore[union-attr]  # there is an answer
