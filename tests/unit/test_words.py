"""The words of the two languages: the same keys, the same places to fill, none missing and none left over."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from weryai_ui.i18n import WORDS, Locale
from weryai_ui.sandbox.scenarios import SCENARIOS

PACKAGE = Path(__file__).resolve().parents[2] / "weryai_ui"
SOURCES = {
    path: path.read_text(encoding="utf-8")
    for path in sorted(PACKAGE.rglob("*"))
    if path.suffix in (".py", ".js", ".j2") and not {"i18n", "joined"} & set(path.relative_to(PACKAGE).parts)
}
CODE = "\n".join(SOURCES.values())
KEYS = [f"{section}.{name}" for section, texts in WORDS[Locale.EN].items() for name in texts]

NOT_TRANSLATED = {"API", "MCP", "cURL", "Python", "JavaScript", "Webhook", "Webhook URL"}

NAMED_BY_VALUES: dict[str, str] = {
    "label.": "fields",
    "help.": "fields",
    "choice.": "fields and their choices",
    "item.": "reference fields",
    "rule.": "rules",
    "cause.": "keys of explanations",
    "advice.": "keys of explanations",
    "move.": "moves",
    "adopt.": "what became of an id, and the balance",
    "happened.": "classes of failures",
    "acts.": "classes of failures",
    "change.": "changes to what failed",
    "allowance.": "budget rules",
    "media_kind.": "kinds of media",
    "file_kind.": "kinds of files",
    "goes.": "places to send to",
    "example.": "examples",
    "send_to.": "places to send to",
    "scenario.": "keys of the sandbox",
    "filter.": "filters of the history",
    "task_state.": "states of a task",
    "outcome.": "outcomes of a submit",
    "kept.": "states of a copy, and why it is not kept",
    "owner.end_": "how submissions end",
    "owner.why_": "classes of failures",
    "owner.work_": "kinds of work behind the page",
    "gone.": "statuses of an answer without a page",
    "exchange.": "kinds of exchange",
    "shape.": "reference fields, and sound on or off",
    "reach.": "what a link answers",
    "narrowing.": "what narrows the history",
    "lineage.": "parent and children",
    "role.": "reference fields and roles",
    "role_phrase.": "reference fields and roles",
}
"""Sections whose names are values of the program, so that the code says `f"section.{value}"`."""
ALSO_NAMED_BY_VALUES = {
    *("code.curl", "code.python", "code.javascript"),  # languages of the code to take away
    *(
        "keys.generate",
        "keys.palette",
        "keys.mention",
        "keys.move",
        "keys.remove",
        "keys.undo",
        "keys.redo",
        "keys.list",
    ),  # what the keyboard does
    *("api.curl", "api.python", "api.mcp"),  # ways to call
    *("api.gradio_api_openapi_json", "api.agents_md", "api.llms_txt", "api.sandbox_openapi_json"),  # addresses
    *("page.create_tab", "page.results_tab"),  # pages of a narrow screen
    *("budget.day", "budget.hour", "budget.at-once"),  # budget rules
    *("budget.credits", "budget.payer-credits", "budget.unpriced"),
}
"""The same, in sections whose other names the code says as they are."""


def text_of(locale: Locale, key: str) -> str:
    section, _, name = key.partition(".")
    return WORDS[locale][section][name]


def places(text: str) -> set[str]:
    return set(re.findall(r"\{(\w+)\}", text))


def taken_by_scripts() -> set[str]:
    """What the widgets take by name: from their own section, or from `common` where it is not there."""
    taken = set()
    for source in (source for path, source in SOURCES.items() if path.suffix == ".js"):
        own = re.search(r'\bwords = wordsOf\("(\w+)"\)', source)
        by_name = re.findall(r"(?<![./\w])words\.(\w+)", source)
        taken |= {f"{own[1] if own else 'common'}.{name}" for name in by_name}
    return taken


def is_chinese(text: str) -> bool:
    return re.search("[\u4e00-\u9fff]", text) is not None


def test_both_languages_have_the_same_keys_in_the_same_order() -> None:
    listed = {
        locale: {section: list(texts) for section, texts in sections.items()} for locale, sections in WORDS.items()
    }
    assert listed[Locale.ZH] == listed[Locale.EN]


def test_no_text_is_empty() -> None:
    assert [(locale, key) for locale in Locale for key in KEYS if not text_of(locale, key).strip()] == []


def test_a_text_is_filled_with_the_same_in_both_languages() -> None:
    assert [key for key in KEYS if places(text_of(Locale.ZH, key)) != places(text_of(Locale.EN, key))] == []


def test_what_has_words_in_it_is_chinese_in_chinese() -> None:
    texts = {key: text_of(Locale.ZH, key) for key in KEYS}
    with_words = {key: text for key, text in texts.items() if re.search(r"[^\W\d_]", re.sub(r"\{\w+\}", "", text))}
    assert [key for key, text in with_words.items() if not is_chinese(text) and text not in NOT_TRANSLATED] == []


def test_every_key_that_is_said_exists() -> None:
    said = set(re.findall(r"""\b(?:say|note|CurlError)\(\s*["'`]([a-z_]+\.[\w.-]+)["'`]""", CODE))
    assert said
    assert said <= set(KEYS)


def test_every_word_that_a_script_takes_from_its_section_exists() -> None:
    assert taken_by_scripts()
    for key in taken_by_scripts():
        section, _, name = key.partition(".")
        assert name in {**WORDS[Locale.EN]["common"], **WORDS[Locale.EN][section]}, key


def test_every_key_is_said_somewhere() -> None:
    taken = taken_by_scripts() | {f"common.{key.partition('.')[2]}" for key in taken_by_scripts()}
    left_over = [
        key
        for key in KEYS
        if not re.search(rf"""["'`]{re.escape(key)}["'`]""", CODE)
        and key not in taken | ALSO_NAMED_BY_VALUES
        and not key.startswith(tuple(NAMED_BY_VALUES))
    ]
    assert left_over == []


@pytest.mark.parametrize("prefix", NAMED_BY_VALUES)
def test_a_section_named_by_values_is_said_so(prefix: str) -> None:
    # `_words` is what explanations say their cause and their advice with.
    assert re.search(rf"""["'`]{re.escape(prefix)}\$?\{{|\b_words\("{prefix[:-1]}",""", CODE)


def test_the_sandbox_and_the_page_describe_its_keys_alike() -> None:
    assert WORDS[Locale.EN]["scenario"] == {key: each.description for key, each in SCENARIOS.items()}


RETIRED = (
    "nobody's move",
    "your move",
    "owner's move",
    "being made",
    "being looked at",
    "looking at it",
    "one a line",
    "go on following",
    "goes on by itself",
    "in a state this app",
    "closed on this page",
    "what i had typed",
    "envelope",
)
"""Phrases that read like a translation; each has a plain one in its place."""


@pytest.mark.parametrize("phrase", RETIRED)
def test_a_retired_phrase_stays_away(phrase: str) -> None:
    said = [key for key in KEYS if phrase in text_of(Locale.EN, key).casefold()]
    assert said == []


@pytest.mark.parametrize("phrase", ["您", "影片", "星标", "再来一次", "应答", "跟进", "任务编号"])
def test_a_thing_has_one_name_in_chinese(phrase: str) -> None:
    # 你, 视频, 收藏, 再次生成, 响应, 跟踪, 任务 ID.
    assert [key for key in KEYS if phrase in text_of(Locale.ZH, key)] == []
