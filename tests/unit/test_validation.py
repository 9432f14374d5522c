"""What a person can put wrong, field by field, and the sentence that they get."""

from __future__ import annotations

import math
import re
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from weryai_ui.request import links as links_module
from weryai_ui.request.fields import FIELDS, REFERENCE_FIELDS
from weryai_ui.request.findings import CheckResult
from weryai_ui.request.models import named
from weryai_ui.request.references import MENTION_PATTERNS, REMOVED, Reference, mentions
from weryai_ui.request.validation import check

GOOD: dict[str, Any] = {
    "model": "SEEDANCE_2_0",
    "duration": 5,
    "prompt": "Image 1 sails",
    "images": "https://a.example/1.png",
}
LINK = "https://a.example/1.png"


def judged(**values: Any) -> CheckResult:
    return check({**GOOD, **values})


def problems(**values: Any) -> list[tuple[str, str]]:
    return [(found.field, found.rule) for found in judged(**values).problems]


def warnings(**values: Any) -> list[tuple[str, str]]:
    return [(found.field, found.rule) for found in judged(**values).warnings]


def payload(**values: Any) -> dict[str, Any]:
    request = judged(**values).request
    assert request is not None, judged(**values).problems
    return request.payload()


def test_a_good_form_becomes_the_body_and_empty_optional_fields_are_absent() -> None:
    empty = {name: "" for name in FIELDS if name not in GOOD}
    assert payload(**empty) == {
        "model": "SEEDANCE_2_0",
        "prompt": "Image 1 sails",
        "images": [LINK],
        "duration": 5,
    }


@pytest.mark.parametrize("typed", [5, 5.0, "5", " 5 ", "05"])
def test_a_duration_is_taken_however_the_whole_number_is_written(typed: Any) -> None:
    assert payload(duration=typed)["duration"] == 5


@pytest.mark.parametrize(
    ("typed", "rule", "says"),
    [
        (4, "out_of_range", "Length is 4; it must be from 5 to 15."),
        (16, "out_of_range", "Length is 16; it must be from 5 to 15."),
        (5.5, "not_integer", "Length must be a whole number in the digits 0 to 9, not: 5.5"),
        (math.nan, "not_integer", "Length must be a whole number in the digits 0 to 9, not: nan"),
        (math.inf, "not_integer", "Length must be a whole number in the digits 0 to 9, not: inf"),
        (True, "not_integer", "Length must be a whole number in the digits 0 to 9, not: True"),
        ("seven", "not_integer", "Length must be a whole number in the digits 0 to 9, not: seven"),
        ("", "required", "Length is empty; it is required."),
        (None, "required", "Length is empty; it is required."),
    ],
)
def test_a_wrong_duration_is_refused_with_the_limit_and_the_value(typed: Any, rule: str, says: str) -> None:
    (found,) = judged(duration=typed).problems
    assert (found.field, found.rule, found.text) == ("duration", rule, says)


@pytest.mark.parametrize("typed", [2**63 - 1, -(2**63), str(2**63 - 1), str(-(2**63)), "0"])
def test_a_caller_id_is_any_signed_64_bit_integer(typed: Any) -> None:
    assert payload(caller_id=typed)["caller_id"] == int(typed)


@pytest.mark.parametrize(
    "typed",
    [
        2**63,
        -(2**63) - 1,
        str(2**63),
        pytest.param(10**5000, id="5001 digits"),
        "1e3",
        "٣",
        "+1",
        "1.0",
        1e30,
        pytest.param("9" * 5000, id="5000 nines"),
    ],
)
def test_a_caller_id_beyond_64_bits_or_in_other_digits_is_refused(typed: Any) -> None:
    assert [field for field, _ in problems(caller_id=typed)] == ["caller_id"]


@pytest.mark.parametrize(("typed", "sent"), [(True, "true"), (False, "false"), ("true", "true"), (" false ", "false")])
def test_sound_is_a_boolean_on_the_form_and_a_string_on_the_wire(typed: Any, sent: str) -> None:
    assert payload(generate_audio=typed)["generate_audio"] == sent


@pytest.mark.parametrize("typed", ["True", "yes", 1, 0, []])
def test_any_other_sound_is_refused(typed: Any) -> None:
    assert problems(generate_audio=typed) == [("generate_audio", "choice")]


@pytest.mark.parametrize("character", ["x", "é", "e\u0301", "👩‍👩‍👧‍👦", "图"])
def test_a_prompt_of_exactly_500_code_points_passes_and_one_more_does_not(character: str) -> None:
    text = (character * 500)[:500]
    assert payload(prompt=text)["prompt"] == text
    (found,) = judged(prompt=text + "!").problems
    assert found.text == "Prompt is 501 characters; the limit is 500."


def test_a_prompt_of_blanks_is_an_empty_one() -> None:
    assert "prompt" not in payload(prompt=" \n\t ")


def test_half_a_character_is_refused_because_no_body_can_carry_it() -> None:
    assert problems(prompt="a\ud83d") == [("prompt", "broken_character")]
    assert problems(images="https://a.example/\ud83d") == [("images", "broken_character")]


def test_blank_lines_and_blanks_around_links_are_cut() -> None:
    assert payload(images=f"\n  {LINK}\t\r\n\n\u200b{LINK}2\ufeff\n")["images"] == [LINK, LINK + "2"]


@pytest.mark.parametrize(
    ("link", "rule"),
    [
        ("example.com/a.png", "link_scheme"),
        ("//example.com/a.png", "link_scheme"),
        ("javascript:alert(1)", "link_scheme"),
        ("file:///etc/passwd", "link_scheme"),
        ("data:image/png;base64,AAAA", "link_scheme"),
        ("ftp://example.com/a.png", "link_scheme"),
        ("https:/example.com", "link_scheme"),
        ("https://a.example/a b.png", "link_blank"),
        ("https://a.example/a\u200bb.png", "link_blank"),
        ("https://", "link_shape"),
        ("https:///a.png", "link_shape"),
        ("https://a.example:99999/a.png", "link_shape"),
        ("https://a.example:port/a.png", "link_shape"),
        ("https://a<b>/a.png", "link_shape"),
        ("https://a.example/" + "x" * 10_000, "link_too_long"),
    ],
    ids=lambda value: value[:40],
)
def test_a_link_that_cannot_be_fetched_is_refused_by_its_number(link: str, rule: str) -> None:
    (found,) = judged(images=f"{LINK}\n{link}").problems
    assert (found.field, found.rule) == ("images", rule)
    assert found.text.startswith("Image 2 ")
    assert len(found.text) < 160


@pytest.mark.parametrize(
    "link",
    [
        "HTTPS://a.example/A",
        "http://a.example",
        "https://a.example:8443?x=1#y",
        "https://[2001:db8::1]/a",
        "https://1.2.3.4/a",
    ],
)
def test_a_link_goes_out_exactly_as_typed(link: str) -> None:
    assert payload(images=link)["images"] == [link]


def test_an_internationalised_host_passes_as_typed_with_a_warning() -> None:
    link = "https://münchen.example/ä.png"
    assert payload(images=link)["images"] == [link]
    assert warnings(images=link) == [("images", "link_host")]


def test_the_same_link_twice_is_sent_twice_with_a_warning() -> None:
    assert payload(images=[LINK, LINK])["images"] == [LINK, LINK]
    assert warnings(images=[LINK, LINK], prompt="image 1, image 2") == [("images", "link_twice")]


@pytest.mark.parametrize(
    ("link", "rule"),
    [("https://me:secret@a.example/a", "link_credentials"), ("https://a.example/" + "x" * 3000, "link_long")],
)
def test_an_odd_link_passes_with_a_warning(link: str, rule: str) -> None:
    assert warnings(images=link) == [("images", rule)]


@pytest.mark.parametrize(("name", "limit"), [("images", 9), ("videos", 3), ("audios", 3)])
def test_one_reference_too_many_is_refused_with_both_numbers(name: str, limit: int) -> None:
    links = [f"https://a.example/{number}" for number in range(limit + 1)]
    assert problems(**{name: links[:limit]}) == []
    (found,) = judged(**{name: links}).problems
    assert (found.field, found.values["value"], found.values["limit"]) == (name, str(limit + 1), str(limit))


def test_an_audio_alone_is_refused_and_says_why() -> None:
    (found,) = judged(images="", audios=LINK).problems
    assert (found.field, found.text) == ("audios", "Audio needs at least one image or video.")
    assert problems(images="", videos=LINK, audios=LINK) == []


@pytest.mark.parametrize("name", ["videos", "audios"])
def test_measured_clips_are_held_to_2_to_15_seconds_each_and_15_in_all(name: str) -> None:
    def clips(*lengths: float | None) -> list[tuple[str, str]]:
        references = [Reference(f"https://a.example/{n}", length) for n, length in enumerate(lengths)]
        return problems(**{name: references})

    assert clips(2.0, 13.0) == []
    assert clips(15.0) == []
    assert clips(1.99) == [(name, "clip_short")]
    assert clips(15.01) == [(name, "clip_long"), (name, "clips_total")]
    assert clips(8.0, 7.01) == [(name, "clips_total")]
    assert clips(None, math.nan, -1.0) == []


def test_clips_that_are_too_long_together_name_the_one_to_shorten() -> None:
    videos = [Reference("https://a.example/1", 8.3), Reference("https://a.example/2", 9.1)]
    (found,) = judged(videos=videos).problems
    assert found.text == "Videos add up to 17.4 s; the limit is 15 s: shorten video 2 (9.1 s)."


def test_a_clip_that_nothing_measured_is_a_warning() -> None:
    assert warnings(videos=LINK, prompt="image 1, video 1") == [("videos", "not_measured")]
    assert warnings(videos=[Reference(LINK, 5.0)], prompt="image 1, video 1") == []


@pytest.mark.parametrize(
    ("typed", "found"), [(0, True), (5, True), (1, False), ("4", False), ("", False), (None, False)]
)
def test_video_number_is_1_to_4_or_absent(typed: Any, found: bool) -> None:
    assert bool(problems(video_number=typed)) is found


def test_what_only_other_sources_say_never_refuses() -> None:
    many = judged(images=[f"https://a.example/{n}" for n in range(9)], videos=[LINK] * 3, audios=[LINK])
    assert ("images", "many_references") in [(w.field, w.rule) for w in many.warnings]
    assert many.request is not None
    assert warnings(images="", prompt="A boat") == [("images", "no_reference")]
    assert warnings(images="", prompt="") == [("prompt", "nothing_to_show")]


def test_an_http_webhook_passes_with_a_warning_and_a_wrong_one_is_refused() -> None:
    assert warnings(webhook_url="http://a.example/hook") == [("webhook_url", "webhook_http")]
    assert problems(webhook_url="a.example/hook") == [("webhook_url", "link_scheme")]


@pytest.mark.parametrize(
    ("prompt", "said"),
    [
        ("image 1 and video 1", []),
        ("@image1, [Video1]", []),
        ("图1 与 视频 1", []),
        (
            "Image 1, video 2",
            ["The prompt names video 2; there is no such reference.", "The prompt never names video 1."],
        ),
        (
            "image 10 only",
            ["The prompt names image 10; there is no such reference.", "The prompt never names image 1, video 1."],
        ),
        ("image ? and video 1, image 1", ["The prompt still has a place for a removed reference: look for “?”."]),
        ("preimage 1 video 1", ["The prompt never names image 1."]),
        ("", []),
    ],
)
def test_a_prompt_and_its_references_are_held_together_by_warnings(prompt: str, said: list[str]) -> None:
    found = judged(prompt=prompt, videos=[Reference(LINK, 5.0)])
    assert [warning.text for warning in found.warnings if warning.field == "prompt"] == said


UPLOAD = "upload:abcdefghijklmnop.mp4"


def test_a_file_on_this_server_passes_only_when_it_is_known_and_of_the_right_kind() -> None:
    known = {UPLOAD: Reference(UPLOAD, 5.0, kind="videos")}
    assert check({**GOOD, "videos": UPLOAD}, known=known).request is not None
    assert [found.rule for found in check({**GOOD, "videos": UPLOAD}).problems] == ["upload_gone"]
    assert [found.rule for found in check({**GOOD, "images": UPLOAD}, known=known).problems] == ["wrong_kind"]


@pytest.mark.parametrize(
    ("field", "reference", "rule"),
    [
        ("images", {"width": 299, "height": 400}, "image_pixels"),
        ("images", {"width": 6001, "height": 4000}, "image_pixels"),
        ("images", {"width": 2600, "height": 1000}, "image_aspect"),
        ("videos", {"width": 1920, "height": 1080}, "video_pixels"),
        ("videos", {"width": 640, "height": 480}, "video_pixels"),
        ("videos", {"size": 50_000_001}, "videos_size"),
    ],
)
def test_what_the_model_behind_is_said_to_want_is_advice_and_never_a_block(
    field: str, reference: dict[str, Any], rule: str
) -> None:
    found = judged(**{field: [Reference(LINK, 5.0, **reference)]}, prompt="image 1, video 1, audio 1")
    assert found.request is not None
    assert (field, rule) in [(warning.field, warning.rule) for warning in found.warnings]


def test_a_link_to_this_machine_is_advice() -> None:
    assert warnings(images="http://127.0.0.1:7860/a.png") == [("images", "local_host")]


def test_every_problem_is_there_at_once_each_at_its_field() -> None:
    found = problems(prompt="x" * 501, duration=4, images="nonsense", caller_id="x", foo=1)
    assert {field for field, _ in found} == {"prompt", "duration", "images", "caller_id", "foo"}


def test_the_models_that_may_be_sent_are_a_setting() -> None:
    models = named({"WERYDANCE_2_0": "Weirdance"})
    assert check({**GOOD, "model": "WERYDANCE_2_0"}, models).request is not None
    assert [found.rule for found in check(GOOD, models).problems] == ["choice"]


NEVER = re.compile(r"(?!)")
plain_links = st.integers(1, 30).map("https://a.example/{}".format)
odd_links = st.sampled_from(
    [
        "http://a.example/1",
        "HTTPS://a.example/1",
        "https://A.example/1",
        "https://ä.example/1",
        "https://me@a.example/1",
        "https://a.example:8080/1",
        "https://localhost/1",
        "https://127.0.0.1/1",
        "https://a.example?1",
        "https://a.example/ä",
        "https://a.example/a b",
        "https://a.example/\r",
        "https://a.example/\x7f",
        "https://",
        "",
    ]
)
long_links = st.integers(1690, 2060).map(lambda size: "https://a.example/" + "x" * size)
lists_of_links = st.builds(
    list.__add__, st.lists(plain_links, max_size=11), st.lists(odd_links | long_links, max_size=1)
)


@settings(max_examples=600)
@given(st.sampled_from(REFERENCE_FIELDS), lists_of_links, odd_links | plain_links, st.booleans())
def test_links_judged_at_once_are_judged_like_links_judged_one_by_one(
    name: str, links: list[str], webhook: str, measured: bool
) -> None:
    known = {link: Reference(link, 1.0) for link in links[:1] if measured}
    form = {**GOOD, name: "\n".join(links), "webhook_url": webhook}
    at_one_look = check(form, known=known)
    with patch.multiple(links_module, _PLAIN_LINK=NEVER, _PLAIN_LINES=NEVER):
        assert at_one_look == check(form, known=known)


words = st.sampled_from(
    ["image", "Images", "IMAGE", "iMage", "图", "图片", "video", "视频", "AUDIOS", "音频", "x", "看"]
)
numbers = st.sampled_from(["1", "02", "9", "10", "100", "?", "٣", ""])


@given(st.lists(st.tuples(words, st.sampled_from(["", " ", "s"]), numbers).map("".join), max_size=6).map("".join))
def test_mentions_found_at_once_are_those_found_kind_by_kind(prompt: str) -> None:
    found = {field: re.findall(pattern, prompt) for field, pattern in MENTION_PATTERNS.items()}
    assert mentions(prompt) == {
        field: {REMOVED if number == "?" else int(number) for number in numbers} for field, numbers in found.items()
    }


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)


@given(st.dictionaries(st.sampled_from([*FIELDS, "other"]), anything))
def test_check_is_total_and_gives_a_request_exactly_when_there_is_no_problem(values: dict[str, Any]) -> None:
    checked = check(values)
    assert (checked.request is None) == bool(checked.problems)
    for found in checked.problems + checked.warnings:
        found.text.encode("utf-8")
        assert "\n" not in found.text
        assert len(found.text) < 400
