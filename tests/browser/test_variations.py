"""Several variations of a form: chosen in a dialog, priced as one, sent by the server, compared at the end."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect
from pydantic import SecretStr

from tests.browser.axe import violations
from tests.browser.form import answer, choose_scenario, opened, type_in
from tests.conftest import App, StartApp
from tests.durability.upstream import Upstream
from weryai_ui.i18n import say
from weryai_ui.request.price import read_tariff

READY_MS = 60_000


def dialog_of(page: Page, *ratios: str) -> Locator:
    """The dialog, opened, with these ratios beside that of the form."""
    page.locator("#variations-open").click()
    dialog = page.locator("#variations-dialog")
    expect(dialog).to_be_visible()
    for ratio in ratios:
        dialog.get_by_label(ratio, exact=True).check()
    return dialog


def send(dialog: Locator) -> None:
    expect(dialog.locator(".main")).to_be_enabled()
    dialog.locator(".main").click()


def test_three_ratios_are_sent_as_one_plan_that_outlives_a_reload_and_are_compared(app: App, page: Page) -> None:
    opened(page, app.url)
    type_in(page, "prompt", "A paper boat")
    dialog = dialog_of(page, "9:16", "1:1")
    expect(dialog.locator(".total")).to_have_text(say("plan.total_free", n=3))
    expect(dialog.get_by_text(say("rule.no_reference"))).to_have_count(1)
    expect(dialog.locator(".found li")).to_have_text(
        [f"{r}{say('variations.passes')}" for r in ("16:9", "9:16", "1:1")]
    )
    send(dialog)
    expect(dialog).to_be_hidden()
    plan = page.locator("#variations .plan")
    expect(plan).to_have_count(1)
    page.reload()
    expect(plan.locator(".line")).to_have_text(say("plan.ready", ready=3, all=3), timeout=READY_MS)
    expect(plan.locator("ol li")).to_have_text([f"{ratio}Ready" for ratio in ("16:9", "9:16", "1:1")])
    plan.get_by_role("button", name="9:16").click()
    expect(page.locator("#task-board .chosen .shape")).to_contain_text("9:16")
    plan.get_by_role("button", name=say("comparing.do")).click()
    comparing = page.locator("dialog.comparing")
    expect(comparing.locator("video")).to_have_count(3)
    expect(comparing.locator("tr").filter(has_text=say("label.aspect_ratio")).locator("td")).to_have_text(
        ["16:9", "9:16", "1:1"]
    )
    comparing.get_by_role("button", name=say("common.close")).click()
    plan.get_by_role("button", name=say("variations.remove")).click()
    expect(plan).to_have_count(0)
    page.reload()
    expect(page.locator("#task-board .card").first).to_be_visible()
    expect(plan).to_have_count(0)


def test_each_variant_has_its_own_problem_and_nothing_is_sent_while_there_is_one(app: App, page: Page) -> None:
    opened(page, app.url)
    type_in(page, "prompt", "A paper boat")
    dialog = dialog_of(page)
    dialog.get_by_text(say("label.prompt"), exact=True).click()
    wordings = dialog.locator("textarea")
    wordings.nth(1).fill("word " * 200)
    expect(dialog.locator(".found li").nth(1).locator(".wrong")).to_contain_text("1000 characters")
    expect(dialog.locator(".found li").nth(0).locator(".wrong")).to_have_count(0)
    expect(dialog.locator(".main")).to_be_disabled()
    wordings.nth(1).fill("A paper plane")
    expect(dialog.locator(".main")).to_be_enabled()


def test_no_more_than_four_can_be_chosen(app: App, page: Page) -> None:
    opened(page, app.url)
    type_in(page, "prompt", "A paper boat")
    dialog = dialog_of(page)
    dialog.get_by_text(say("label.duration"), exact=True).click()
    for seconds in (6, 7, 8):
        dialog.get_by_label(say("time.seconds", seconds=seconds), exact=True).check()
    expect(dialog.get_by_label(say("time.seconds", seconds=9), exact=True)).to_be_disabled()
    dialog.get_by_label(say("time.seconds", seconds=8), exact=True).uncheck()
    expect(dialog.get_by_label(say("time.seconds", seconds=9), exact=True)).to_be_enabled()


def test_too_few_credits_stop_the_plan_which_says_so_and_goes_on_when_told(app: App, page: Page) -> None:
    opened(page, app.url)
    type_in(page, "prompt", "A paper boat")
    choose_scenario(page, "credits")
    send(dialog_of(page, "9:16"))
    plan = page.locator("#variations .plan")
    expect(plan.locator(".says")).to_have_text(re.compile(rf"^Stopped: .*credits.* {say('plan.left', n=2)}$"))
    expect(plan.locator(".line")).to_have_text(say("plan.sent", sent=0, all=2))
    plan.get_by_role("button", name=say("variations.go_on")).click()
    expect(page.locator("#task-board .thumbs button")).to_have_count(2)
    plan.get_by_role("button", name=say("variations.remove")).click()
    assert answer(page, say("variations.remove")) == say("variations.remove_asks", n=2)
    expect(plan).to_have_count(0)


def test_a_paid_plan_asks_with_the_whole_price_first(start_app: StartApp, page: Page) -> None:
    with Upstream() as upstream:
        app = start_app(api_key=SecretStr("sk-owner"), base_url=upstream.url, tariff=read_tariff("*=10"))
        opened(page, app.url)
        type_in(page, "prompt", "A paper boat")
        dialog = dialog_of(page, "9:16", "1:1")
        expect(dialog.locator(".found .price")).to_have_text([say("plan.credits", amount="50")] * 3)
        send(dialog)
        whole = say("plan.total", n=3, amount="150")
        expect(page.locator("#asking p")).to_contain_text(whole)
        answer(page, None)
        assert upstream.submits == []
        send(dialog)
        answer(page, say("variations.send", n=3))
        expect(page.locator("#variations .plan .line")).to_have_text(
            say("plan.ready", ready=3, all=3), timeout=READY_MS
        )
    assert len(upstream.submits) == 3


@pytest.mark.parametrize("size", [(1440, 900), (390, 844)], ids=["wide", "narrow"])
def test_the_dialog_and_the_plan_are_accessible(size: tuple[int, int], app: App, page: Page) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    opened(page, app.url)
    type_in(page, "prompt", "A paper boat")
    dialog = dialog_of(page, "9:16")
    expect(dialog.locator(".main")).to_be_enabled()
    assert violations(page) == []
    send(dialog)
    expect(page.locator("#variations .plan")).to_be_visible()
    assert violations(page) == []
