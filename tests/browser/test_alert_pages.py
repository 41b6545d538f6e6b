"""The list of alerts and the page of one in a real browser: on a desk and on a phone, calm and in flood."""

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import SCREENSHOTS, looking
from tests.browser.test_live_page import faults
from tests.support.served_pages import Served
from tests.support.shown_city import TOBA

SIZES = {"desk": (1440, 900), "phone": (390, 844)}


def shot(page: Page, name: str) -> None:
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), "nothing to scroll sideways"
    SCREENSHOTS.mkdir(exist_ok=True)
    page.screenshot(path=SCREENSHOTS / f"{name}.png", full_page=True)


@pytest.mark.parametrize("size", SIZES)
def test_calm_is_said_and_what_is_not_there_has_a_way_back(browser: Browser, calm_city: Served, size: str) -> None:
    with looking(browser, *SIZES[size]) as seen:
        page = seen.page
        page.goto(f"{calm_city.url}/alerts")
        expect(page.get_by_text("続いている警報はありません")).to_be_visible()
        assert faults(page) == []
        shot(page, f"alerts-calm-{size}")
        page.goto(f"{calm_city.url}/alerts/river-danger/{TOBA}/1")
        expect(page.get_by_role("alert")).to_contain_text("この警報は見つかりません")
        assert faults(page) == []
        shot(page, f"refusal-{size}")
        page.get_by_role("link", name="前のページに戻る").or_(page.get_by_role("link", name="今の状況を見る")).click()
        expect(page.locator("h1")).to_have_text("平常です")


@pytest.mark.parametrize("size", SIZES)
def test_somebody_takes_care_of_an_alert(browser: Browser, flooded_city: Served, size: str) -> None:
    with looking(browser, *SIZES[size]) as seen:
        page = seen.page
        page.goto(flooded_city.url)
        page.get_by_role("link", name="対応する: 鳥羽").first.click()
        expect(page.locator("h1")).to_contain_text("鳥羽: はん濫危険水位に到達")
        expect(page.locator("figure canvas")).to_be_visible()
        acknowledge = page.get_by_role("button", name="確認した(自分が対応する)")
        box = acknowledge.bounding_box()
        assert box is not None
        assert box["height"] >= 60
        assert faults(page) == []
        shot(page, f"alert-flood-{size}")
        acknowledge.click()
        expect(page.get_by_role("status")).to_have_text("記録しました。")
        expect(page.locator(".chronology")).to_contain_text("確認しました")
        # The chart is drawn anew in the part that was brought.
        expect(page.locator("figure canvas")).to_be_visible()
        page.get_by_text("コメントを書く").first.click()
        page.get_by_label("コメント").fill("<script>document.title = 'x'</script>")
        page.get_by_role("button", name="コメントを書く").click()
        expect(page.locator(".chronology")).to_contain_text("<script>")
        page.get_by_text("通知を止める").first.click()
        expect(page.get_by_role("button", name="この間、通知を止める")).to_be_visible()
        assert faults(page) == []
        shot(page, f"alert-silence-{size}")
        page.get_by_role("button", name="この間、通知を止める").click()
        expect(page.locator(".chronology")).to_contain_text("通知を止めました")
        assert seen.console == []


@pytest.mark.parametrize("size", SIZES)
def test_alerts_are_chosen_and_decided_about_together(browser: Browser, flooded_city: Served, size: str) -> None:
    with looking(browser, *SIZES[size]) as seen:
        page = seen.page
        page.goto(f"{flooded_city.url}/alerts")
        expect(page.locator("body[data-ready]")).to_be_attached()
        count = page.locator(".picks > li").count()
        page.get_by_label("表示中のすべてを選ぶ").check()
        expect(page.locator("[data-picked]")).to_have_text(f"{count} / {count}")
        assert faults(page) == []
        shot(page, f"alerts-flood-{size}")
        page.get_by_text("ほかの操作").click()
        shot(page, f"alerts-more-{size}")
        page.get_by_label("理由").select_option("試験・訓練")
        page.get_by_role("button", name="理由を付けて閉じる").click()
        expect(page.get_by_role("status").first).to_contain_text(f"{count} 件のうち {count} 件を記録しました")
        assert len(flooded_city.city.decisions.made) == count
        assert seen.console == []


def test_it_all_works_without_scripts(browser: Browser, flooded_city: Served) -> None:
    with looking(browser, 390, 844, java_script_enabled=False) as seen:
        page = seen.page
        page.goto(f"{flooded_city.url}/alerts?q=鳥羽")
        page.locator(".pick input").first.check()
        page.get_by_role("button", name="確認した", exact=True).click()
        expect(page.get_by_role("status").first).to_contain_text("1 件のうち 1 件を記録しました")
        page.locator(".picks h2 a").first.click()
        page.get_by_role("button", name="確認した(自分が対応する)").click()
        expect(page.get_by_role("status")).to_have_text("記録しました。")
