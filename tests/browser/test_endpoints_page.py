"""The page of endpoints in a real browser: how each fares, a dead letter looked at and sent again, one enabled."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from administration.endpoint_health import Endpoints
from city.right import Role
from megane.clocks import SystemClock
from tests.browser.conftest import SCREENSHOTS, looking
from tests.support.told_departments import put_endpoints
from tests.unit.api.test_admission import PASSWORD, staffed

SIZES = {"desk": (1440, 900), "phone": (390, 844)}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
def test_what_did_not_get_through_is_looked_at_and_sent_again(
    browser: Browser, tmp_path: Path, size: str, scheme: str
) -> None:
    SCREENSHOTS.mkdir(exist_ok=True)
    with staffed(tmp_path) as city, looking(browser, *SIZES[size], color_scheme=scheme) as seen:
        put_endpoints(city.database)
        page = seen.page

        def shot(name: str) -> None:
            assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
            page.screenshot(path=SCREENSHOTS / f"{name}-{size}-{scheme}.png", full_page=True)

        page.goto(f"{city.url}/endpoints")
        main = page.get_by_role("main")
        main.get_by_label("ユーザー名").fill(Role.DIGITAL)
        main.get_by_label("パスワード").fill(PASSWORD)
        main.get_by_role("button", name="サインイン").click()
        expect(page.get_by_role("heading", name="送信先", exact=True)).to_be_visible()
        expect(main.get_by_role("row").filter(has_text="bosai-mail").first).to_contain_text("42")
        shot("endpoints")

        main.get_by_role("link", name="中身を見る").first.click()
        expect(main.locator("pre")).to_contain_text("jp.megane.alert.firing")
        expect(main.get_by_role("row")).to_have_count(4)  # its head, and three attempts
        shot("letter")
        main.get_by_role("button", name="もう一度送る").click()
        expect(main.get_by_role("link", name="中身を見る")).to_have_count(2)
        main.get_by_role("button", name="未達 1 件をもう一度送る").first.click()
        expect(main.get_by_role("link", name="中身を見る")).to_have_count(1)
        main.get_by_role("button", name="への送信を始める").click()
        expect(main.get_by_role("button", name="への送信を始める")).to_have_count(0)
        health = {
            one.id: one
            for one in Endpoints(database=city.database, clock=SystemClock(), on_deliveries=lambda: None).health()
        }
        assert health["suido"].disabled_ms is None
        assert (health["doboku"].dead, health["notify:bosai-mail"].dead) == (0, 1)
        assert not seen.console
