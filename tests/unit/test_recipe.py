"""A form as a link: what travels, what stays, how short it is, and what a broken or hostile link gives."""

from __future__ import annotations

import base64
import json
import re
import zlib
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from weryai_ui.i18n import say
from weryai_ui.portable.body import ImportedForm
from weryai_ui.portable.share_link import _COMMON, RECIPE_MAX_BYTES, RECIPE_MAX_CHARACTERS, VERSION, decode, encode
from weryai_ui.request.fields import FIELDS
from weryai_ui.request.models import SHIPPED, named
from weryai_ui.request.references import Reference

BROKEN = say("recipe.broken")
EMPTY = say("recipe.empty")

FORM: dict[str, Any] = {
    "model": "SEEDANCE_2_0",
    "prompt": "Use image 1 as opening frame. A boat drifts down a foggy river at dawn; the camera follows slowly.",
    "images": ["https://cdn.example.com/uploads/boat-at-dawn.jpg"],
    "aspect_ratio": "16:9",
    "resolution": "720p",
    "duration": 5,
    "generate_audio": "false",
    "video_number": 1,
}
PINNED = 250262416
SHARED = (
    "1FlZEI-w8fIlWT8FRISk_sUQhpSgzraQYmPnL8xQSgYVNenolsGgoAxZG"
    "IMnE8jxrcFqFliCwwghS7OhhDQBQmkutSMwtyElFSZcg63SBCGQovQIJAA"
)
ENGLISH = (
    "Wide establishing shot of an old fishing harbour before sunrise, seagulls circling above the masts. The woman in "
    "image 1 walks along the wet planks carrying the lantern from image 2, and stops beside the boat shown in image 3. "
    "Keep the grainy handheld look of video 1. As the light breaks through, the camera cranes up and reveals the whole "
    "bay with the lighthouse of image 4; her coat should keep the exact colour and pattern of image 5. No text, no "
    "captions, natural motion, soft wind and water."
)
CHINESE = (
    "清晨的老渔港，海鸥在桅杆上方盘旋，镜头从高处缓缓推进。图片1中的女子提着图片2里的灯笼，沿着潮湿的木栈道走来，在图片3所示的小船旁停下脚步。"
    "保持视频1那种粗粝的手持质感，光线穿透薄雾时，镜头升起，露出整个海湾与图片4的灯塔；她的外套必须与图片5的颜色和纹样完全一致。"
    "远处传来汽笛，渔夫们正在整理渔网，水面泛起细碎的金色波纹。随后画面切到近景：她抬头微笑，发丝被海风吹动，眼神坚定而温柔。"
    "不要出现任何文字或字幕，动作自然，风声与水声柔和，色调偏冷并逐渐转暖，景深较浅，电影质感，节奏舒缓，结尾停留在灯塔的光束划过天空的一瞬。"
    "街角咖啡馆玻璃窗映出霓虹，雨滴顺势滑落，孩子牵着气球奔跑，老人翻阅泛黄报纸，猫咪蜷缩屋檐，钟楼敲响七下，列车驶过拱桥，烟花骤然绽放夜幕。"
    "山峦起伏层林尽染，瀑布飞溅成虹，僧侣敲击木鱼，稻田随风摇曳，牧童横笛归去，炊烟袅袅升腾，晚霞铺满湖面，萤火虫点亮芦苇深处的寂静村庄与古桥。"
    "机械师俯身检修发条，齿轮咬合叮当作响；少年骑车冲下斜坡，衣角鼓满了风。石阶尽头灯笼摇晃，琴声隐约，船夫撑篙划破倒影，墨色渐浓。"
    "沙漠驼队逆光跋涉，旗帜猎猎；极光幻化绿绸，雪橇犬喘着白雾。舞者旋转定格，裙摆绽如莲花，帷幕缓缓合拢，余音绕梁。"
)[:500]


def link(document: object, *, version: str = VERSION) -> str:
    """A recipe's text with a right checksum around whatever stands in it."""
    plain = document if isinstance(document, bytes) else json.dumps(document).encode()
    packer = zlib.compressobj(9, zlib.DEFLATED, -15, 9, zlib.Z_DEFAULT_STRATEGY, _COMMON)
    raw = zlib.crc32(plain).to_bytes(4, "big")[:3] + packer.compress(plain) + packer.flush()
    return version + base64.urlsafe_b64encode(raw).decode().rstrip("=")


def test_a_recipe_brings_the_form_back_and_fits_into_a_link_as_it_is() -> None:
    recipe = encode(FORM)
    assert decode(recipe.text) == ImportedForm(FORM, (), True)
    assert recipe.left_out == ()
    assert re.fullmatch(r"[A-Za-z0-9_-]+", recipe.text)


def test_the_ways_a_form_holds_its_values_give_the_same_recipe() -> None:
    lines = {**FORM, "images": "  " + FORM["images"][0] + "\n\n", "duration": "5", "generate_audio": False}
    references = {**FORM, "images": [Reference(FORM["images"][0], 3.0)], "videos": "", "caller_id": "", "audios": None}
    assert encode(lines) == encode(references) == encode(FORM)


def test_links_that_were_shared_in_version_1_open_for_ever() -> None:
    # If this fails, `_COMMON` was changed: every link out there is unreadable. Change VERSION instead.
    assert zlib.crc32(_COMMON) == PINNED
    assert decode(SHARED).values == FORM


@pytest.mark.parametrize(
    ("form", "limit"),
    [
        pytest.param(FORM, 200, id="typical"),
        pytest.param(
            {**FORM, "prompt": ENGLISH[:250], "images": [f"https://i.example/{n}.jpg" for n in "abc"]}, 400, id="more"
        ),
        pytest.param(
            {
                **FORM,
                "prompt": ENGLISH,
                "images": [f"https://storage.example.com/7f3a9c21-{n:04x}-4b/photo_{n * 7919}.png" for n in range(9)],
            },
            1000,
            id="500 characters and 9 images",
        ),
        pytest.param(
            {
                **FORM,
                "prompt": CHINESE,
                "images": [f"https://storage.example.com/7f3a9c21-{n:04x}-4b/photo_{n * 7919}.png" for n in range(9)],
            },
            2000,
            id="500 characters of Chinese and 9 images",
        ),
    ],
)
def test_a_link_is_short_enough_for_a_chat(form: dict[str, Any], limit: int) -> None:
    recipe = encode(form)
    assert len(recipe.text) < limit
    assert decode(recipe.text).values == form


# --- what stays ------------------------------------------------------------------------------------


def test_webhook_and_caller_id_never_travel_and_a_key_has_no_place() -> None:
    recipe = encode({**FORM, "webhook_url": "https://canary.example/x", "caller_id": "1", "my-key": "sk-canary"})
    assert recipe == encode(FORM)


@pytest.mark.parametrize(
    ("stays", "why"),
    [
        ("upload:abcdefghijklmnopqrstuvwx.png", "is a file on this server"),
        ("http://127.0.0.1:7860/sandbox/media/a.png", "is on this machine or network"),
        ("http://localhost/a.png", "is on this machine or network"),
        ("http://LOCALHOST.:80/a.png", "is on this machine or network"),
        ("http://[::1]:8765/media/a.png", "is on this machine or network"),
        ("http://192.168.1.5/a.png", "is on this machine or network"),
        ("http://0.0.0.0/a.png", "is on this machine or network"),
        ("http://nas.local/a.png", "is on this machine or network"),
        ("https://space.example/sandbox/media/a.png", "is on this machine or network"),
        ("https://user:canary@a.example/1.png", "carries a user name or password"),
        ("/tmp/canary/a.png", "is not a link to the web"),
        ("file:///etc/canary", "is not a link to the web"),
    ],
)
def test_what_others_could_not_open_is_named_and_stays(stays: str, why: str) -> None:
    recipe = encode({**FORM, "images": [*FORM["images"], stays]})
    assert decode(recipe.text).values == FORM
    (sentence,) = recipe.left_out
    assert sentence.startswith(f"Image 2 {why}")
    assert stays not in sentence


def test_when_later_references_move_up_it_is_said() -> None:
    recipe = encode({**FORM, "images": ["upload:abcdefghijklmnopqrstuvwx.png", *FORM["images"]]})
    assert len(recipe.left_out) == 2
    assert recipe.left_out[1] == "Images behind those left out move up: mind the numbers in the prompt."


def test_a_value_that_no_field_takes_is_named_and_the_rest_travels() -> None:
    recipe = encode({**FORM, "aspect_ratio": "4:3", "duration": 99, "videos": 7, "prompt": ["x"]})
    kept = {name: value for name, value in FORM.items() if name not in ("aspect_ratio", "duration", "prompt")}
    assert decode(recipe.text).values == kept
    assert len(recipe.left_out) == 4


def test_a_number_of_thousands_of_digits_is_named_and_not_written_out() -> None:
    assert encode({"duration": 10**5000}).left_out == (
        "duration must be from 5 to 15, not a number of 16610 bits; left out.",
    )


def test_a_draft_that_breaks_rules_travels_as_it_is() -> None:
    draft = {"prompt": "x" * 600, "images": [f"https://a.example/{n}" for n in range(12)]}
    assert decode(encode(draft).text).values == draft


def test_a_form_too_long_for_a_link_gives_a_sentence_and_no_link() -> None:
    noise = [
        f"https://a.example/{zlib.crc32(bytes([n])):x}" + base64.b85encode(bytes(range(n, n + 90))).hex() * 20
        for n in range(9)
    ]
    recipe = encode({**FORM, "images": noise, "prompt": "".join(chr(0x4E00 + n * 37 % 20000) for n in range(20_000))})
    assert recipe.text == ""
    assert "too long for a link" in recipe.left_out[0]


# --- what arrives ----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["webhook_url", "caller_id"])
def test_a_link_cannot_bring_the_senders_own_fields(name: str) -> None:
    pasted = decode(link({**FORM, name: "https://evil.example" if name == "webhook_url" else 7}))
    assert pasted.values == FORM
    assert pasted.notes == (f"{name} may not travel by a link; left out.",)


@pytest.mark.parametrize("name", ["api_key", "key", "Authorization"])
def test_a_link_cannot_bring_a_key(name: str) -> None:
    pasted = decode(link({**FORM, name: "sk-canary-7f3a91"}))
    assert pasted.values == FORM
    assert pasted.notes == (f"{name} is not a field of this request; left out: …",)


def test_fields_of_the_wrong_type_are_named_and_the_others_filled() -> None:
    pasted = decode(link({**FORM, "prompt": {"a": 1}, "images": 5, "duration": "x", "seed": 1}))
    assert set(pasted.values) == set(FORM) - {"prompt", "images", "duration"}
    assert len(pasted.notes) == 4


WHOLE = encode(FORM).text


@pytest.mark.parametrize(
    "text",
    [
        "",
        VERSION,
        VERSION + "A",
        WHOLE[:-1],
        WHOLE[:-8],
        WHOLE[: len(WHOLE) // 2],
        WHOLE + "AAAA",
        WHOLE.lower(),
        WHOLE.swapcase(),
        WHOLE[1:],
        WHOLE.replace(WHOLE[9], "*"),
        "javascript:alert(1)",
        "<script>alert(1)</script>",
        link(b"\xff\xfe"),
        VERSION + base64.urlsafe_b64encode(bytes(40)).decode(),
    ],
    ids=lambda text: text[:20] + str(len(text)),
)
def test_a_broken_link_gives_one_sentence(text: str) -> None:
    assert decode(text) == ImportedForm({}, (BROKEN,), False)


def test_every_single_changed_character_is_noticed() -> None:
    for at in range(1, len(WHOLE) - 1):
        changed = WHOLE[:at] + ("A" if WHOLE[at] != "A" else "B") + WHOLE[at + 1 :]
        assert decode(changed).values in ({}, FORM)
        assert decode(changed) == ImportedForm({}, (BROKEN,), False)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (link({}), EMPTY),
        (link([]), "must be a JSON object"),
        (link(b"{"), "not JSON"),
        (link(b'{"duration": NaN}'), "NaN is no JSON number"),
        (link(b"[" * 60_000), "nested too deeply"),
        (link(FORM, version="2"), "another version"),
        ("1" * (RECIPE_MAX_CHARACTERS + 1), "longer than 8,192 characters"),
    ],
    ids=["empty", "list", "half", "NaN", "deep", "version 2", "long"],
)
def test_a_link_with_something_else_inside_says_so(text: str, says: str) -> None:
    pasted = decode(text)
    assert (pasted.values, pasted.ok) == ({}, False)
    assert says in pasted.notes[0]


def test_a_bomb_is_given_up_at_its_limit() -> None:
    bomb = link(b'{"prompt": "' + b"a" * 5_000_000 + b'"}')
    assert len(bomb) < RECIPE_MAX_CHARACTERS
    assert decode(bomb) == ImportedForm({}, (BROKEN,), False)
    assert decode(link(b'{"prompt": "' + b"a" * (RECIPE_MAX_BYTES - 14) + b'"}')).ok


def test_the_models_are_those_of_the_app_that_opens_the_link() -> None:
    other = {**FORM, "model": "WERYDANCE_9"}
    assert decode(encode(other).text, named({"WERYDANCE_9": "Werydance"})).values == other
    (note,) = decode(encode(other).text).notes
    assert note.startswith("model must be one of SEEDANCE_2_0, WERYDANCE_2_0")
    assert note.endswith('not "WERYDANCE_9"; left out.')


LINKS = st.sampled_from(
    ["https://a.example/1.png", "http://b.example/ä?x=1#y", "https://c.example/图.png", "https://8.8.8.8/"]
)
TRAVELLING = st.fixed_dictionaries(
    {},
    optional={
        "model": st.just("SEEDANCE_2_0"),
        "prompt": st.text(st.characters(exclude_categories=["Cs"]), min_size=1).filter(
            lambda text: text.isprintable() and text.strip()
        ),
        "images": st.lists(LINKS, min_size=1, max_size=9),
        "videos": st.lists(LINKS, min_size=1, max_size=3),
        "audios": st.lists(LINKS, min_size=1, max_size=3),
        "aspect_ratio": st.sampled_from(["1:1", "9:16", "16:9"]),
        "resolution": st.sampled_from(["480p", "720p"]),
        "duration": st.integers(5, 15),
        "generate_audio": st.sampled_from(["true", "false"]),
        "video_number": st.integers(1, 4),
    },
)


@settings(deadline=None)
@given(TRAVELLING)
def test_what_travels_arrives_unchanged(form: dict[str, Any]) -> None:
    recipe = encode({**form, "webhook_url": "https://a.example", "caller_id": 7})
    assert recipe.left_out == ()
    assert decode(recipe.text).values == form


ANYTHING = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.lists(st.none() | st.text()) | st.binary()
)


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from(list(FIELDS)) | st.text(), ANYTHING))
def test_any_values_at_all_give_a_recipe_that_opens(values: dict[str, Any]) -> None:
    recipe = encode(values)
    again = decode(recipe.text, SHIPPED.with_any_key())
    assert again.ok or again.notes == (EMPTY,)
    assert encode(again.values).text == recipe.text


@settings(deadline=None)
@given(st.text() | st.text(alphabet="ABCabc019_-").map(VERSION.__add__))
@example("1\ud800")
@example("²")
def test_any_text_at_all_gives_a_sentence_or_a_form(text: str) -> None:
    pasted = decode(text)
    assert pasted.ok or len(pasted.notes) == 1


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_with_a_right_checksum_give_a_sentence_or_a_form(plain: bytes) -> None:
    pasted = decode(link(plain))
    assert pasted.ok or pasted.notes
