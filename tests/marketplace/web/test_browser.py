"""The component gallery in Chromium: axe, console, outside requests, sideways scroll, keyboard, print."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser import AXE, CUT_OFF, RUN_AXE, TAGS, needs_chromium

SMALL = """[...document.querySelectorAll('a, button, input, select, summary')].filter(e => {
  const box = e.getBoundingClientRect();
  return e.checkVisibility() && box.width && (box.width < 24 || box.height < 24)
    && getComputedStyle(e).display !== 'inline' && !e.closest('.u-vh, .c-check');
}).map(e => e.outerHTML.slice(0, 100))"""
MODES = {
    "wide": (1280, {}),
    "wide dark": (1280, {"theme": "dark"}),
    "wide large": (1280, {"size": "large"}),
    "phone": (320, {}),
    "phone dark": (320, {"theme": "dark"}),
    "phone large": (320, {"size": "large"}),
    "phone dark large": (320, {"theme": "dark", "size": "large"}),
}

pytestmark = [
    pytest.mark.journey,
    pytest.mark.django_db(transaction=True),
    needs_chromium,
]


@pytest.fixture
def visit(chromium: Browser, live_server: Any, settings: Any) -> Iterator[Any]:
    """`visit(path, width=, cookies=, script=)` gives a page and the list of its complaints."""
    settings.ALLOWED_HOSTS = ["*"]
    contexts: list[BrowserContext] = []

    def go(
        path: str = "/_ui/",
        *,
        width: int = 1280,
        cookies: dict[str, str] | None = None,
        script: bool = True,
    ) -> tuple[Page, list[str]]:
        context = chromium.new_context(
            viewport={"width": width, "height": 900},
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            java_script_enabled=script,
        )
        contexts.append(context)
        for name, value in (cookies or {}).items():
            context.add_cookies([{"name": name, "value": value, "url": live_server.url}])
        page, said = context.new_page(), []
        page.on("console", lambda m: m.type in {"error", "warning"} and said.append(m.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on(
            "request",
            lambda r: r.url.startswith(live_server.url) or said.append(f"outside: {r.url}"),
        )
        page.goto(live_server.url + path, wait_until="load")
        return page, said

    yield go
    for context in contexts:
        context.close()


@pytest.mark.parametrize("mode", MODES)
def test_every_component_is_clean(visit: Any, mode: str) -> None:
    width, cookies = MODES[mode]
    page, said = visit(width=width, cookies=cookies)
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    assert page.evaluate(CUT_OFF) == []
    assert page.evaluate(SMALL) == []
    page.evaluate(AXE)
    found = page.evaluate(RUN_AXE, TAGS)
    assert [(v["id"], [n["html"][:120] for n in v["nodes"]]) for v in found["violations"]] == []
    assert said == []


def test_text_spacing_loses_nothing(visit: Any) -> None:
    page, _said = visit(width=320)
    page.evaluate(
        """() => { const sheet = new CSSStyleSheet(); sheet.replaceSync(`* { line-height: 1.5 !important;
        letter-spacing: .12em !important; word-spacing: .16em !important } p { margin-bottom: 2em !important }`);
        document.adoptedStyleSheets = [sheet]; }"""
    )
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    assert page.evaluate(CUT_OFF) == []


def test_keyboard_path(visit: Any) -> None:
    page, _said = visit("/nothing-here/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "c-skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_an_error_summary_takes_the_focus(visit: Any) -> None:
    page, _said = visit()
    assert page.evaluate("'errors' in document.activeElement.dataset")


def test_a_dialog_gives_the_focus_back(visit: Any) -> None:
    page, _said = visit()
    opener = page.locator("[data-open='#confirm']")
    opener.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#confirm")).to_be_visible()
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.dataset.open") == "#confirm"


def test_switches_act_at_once_and_outlive_the_page(visit: Any) -> None:
    page, said = visit()
    page.get_by_role("button", name="深色").click()
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    expect(page.get_by_role("button", name="深色")).to_have_attribute("aria-pressed", "true")
    page.get_by_role("button", name="长者版").click()
    expect(page.get_by_role("button", name="长者版")).to_have_attribute("aria-pressed", "true")
    page.reload()
    assert page.evaluate("({...document.documentElement.dataset})") | {"themeChosen": ""} == {
        "theme": "dark",
        "size": "large",
        "themeChosen": "",
    }
    page.get_by_role("button", name="深色").click()
    # The click has been dealt with: a reload may otherwise overtake it on a busy machine.
    expect(page.get_by_role("button", name="深色")).to_have_attribute("aria-pressed", "false")
    page.reload()
    assert page.evaluate("document.documentElement.dataset.theme") == "light"
    assert said == []


def test_without_script_the_switches_are_forms(visit: Any) -> None:
    page, _said = visit(script=False)
    page.get_by_role("button", name="长者版").click()
    assert page.url.endswith("/_ui/")
    expect(page.locator("html")).to_have_attribute("data-size", "large")
    expect(page.get_by_role("button", name="长者版")).to_have_attribute("aria-pressed", "true")


def test_rows_are_added_and_removed_in_place(visit: Any) -> None:
    page, said = visit()
    rows = page.locator("#indicators-rows")
    rows.get_by_role("button", name="添加一行").click()
    assert rows.locator("[data-row]").count() == 3
    assert page.evaluate("document.activeElement.name") == "indicators-2-name"
    page.keyboard.type("剩磁")
    rows.get_by_role("button", name="删除第 2 行").click()
    assert rows.locator("[data-row]").count() == 2
    assert page.input_value("[name=indicators-TOTAL_FORMS]") == "2"
    assert page.input_value("[name=indicators-1-name]") == "剩磁"
    assert rows.locator("[data-row]").nth(1).get_attribute("aria-label") == "第 2 行"
    assert page.locator("#id_indicators-1-name").count() == 1
    assert said == []


def test_a_filter_refreshes_results_and_counts_and_keeps_the_focus(visit: Any) -> None:
    page, said = visit("/_ui/?q=a&industry=wood")
    assert page.locator(".c-facets .c-check--sub").count() == 0
    page.locator("#facets input[value=materials]").check()
    page.wait_for_url("**/_ui/?q=a&industry=materials&industry=wood&*")
    expect(page.locator("#facets .c-check--sub")).to_have_count(1)
    expect(page.locator("#results .c-chip")).to_have_count(2)
    assert page.evaluate("document.activeElement.value") == "materials"
    assert page.locator("#results").count() == page.locator("#facets").count() == 1
    page.go_back()
    expect(page.locator("#results .c-chip")).to_have_count(1)
    assert said == []


def test_without_script_a_filter_is_a_form(visit: Any) -> None:
    page, _said = visit("/_ui/?q=a", script=False)
    page.locator("#facets input[value=materials]").check()
    page.get_by_role("button", name="查看结果").click()
    expect(page.locator("#results .c-chip")).to_have_count(1)
    assert "industry=materials" in page.url


def test_the_counter_counts_characters(visit: Any) -> None:
    page, _said = visit()
    page.fill("#id_title", "一" * 39 + "😀")
    expect(page.locator("#id_title_count")).to_have_text("还可以输入 0 个字（最多 40 个）")
    page.fill("#id_title", "一" * 41)
    expect(page.locator("#id_title_count")).to_have_text("超出 1 个字")


def test_suggestions(visit: Any) -> None:
    page, said = visit()
    page.route(
        re.compile("/search/suggest/"),
        lambda route: route.fulfill(
            content_type="text/html",
            body='<div role="option" data-value="钕铁硼 晶界扩散">钕铁硼 晶界扩散<script>window.hurt = 1</script></div>'
            '<div role="option" data-value="钕铁硼 回收" onclick="window.hurt = 1">钕铁硼 回收</div>',
        ),
    )
    page.focus("#q")
    page.keyboard.type("钕铁硼")
    expect(page.locator("#q-list [role=option]")).to_have_count(2)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    assert page.get_attribute("#q", "aria-activedescendant") == "q-list-1"
    page.keyboard.press("Enter")
    assert page.input_value("#q") == "钕铁硼 回收"
    assert page.get_attribute("#q", "aria-expanded") == "false"
    assert page.evaluate("window.hurt") is None
    # the policy refuses the inline handler and says so; nothing else may be complained of
    assert all("Content Security Policy" in line for line in said)


def test_structured_data_passes_the_policy(visit: Any) -> None:
    page, said = visit()
    assert page.locator("script[type='application/ld+json']").count() == 1
    assert said == []


def test_print_has_no_chrome_and_is_light(visit: Any) -> None:
    page, _said = visit(cookies={"theme": "dark"})
    page.emulate_media(media="print")
    assert not page.locator(".c-util").is_visible()
    assert not page.locator(".c-facets").is_visible()
    assert page.locator(".c-why").first.is_visible()
    assert page.evaluate("getComputedStyle(document.body).color") == "rgb(20, 32, 38)"


def test_forced_colours_and_calm_motion(visit: Any) -> None:
    page, said = visit()
    page.emulate_media(forced_colors="active", reduced_motion="reduce")
    duration = "getComputedStyle(document.querySelector('.c-btn')).transitionDuration"
    assert page.evaluate(duration) == "0s"
    assert said == []
