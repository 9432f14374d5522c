"""Pasting a request into the form: what is read, what is named, and that nothing is dropped in silence."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from tests.contract.examples import REQUEST
from weryai_ui.i18n import Locale, speaking
from weryai_ui.portable.body import NOTES_NAMED, ImportedForm
from weryai_ui.portable.paste import PASTED_MAX_BYTES, read_pasted
from weryai_ui.portable.programs import Language, snippet
from weryai_ui.portable.shell import commands
from weryai_ui.request.fields import GenerationRequest
from weryai_ui.request.models import named
from weryai_ui.request.validation import check

LINK = "https://a.example/1.png"
GOOD: dict[str, Any] = {"model": "SEEDANCE_2_0", "prompt": "A boat", "images": [LINK], "duration": 5}
URL = "https://api.weryai.com/v1/generation/almighty-reference-to-video"
KEY = "sk-canary-7f3a91c2"
MODELS = named({"SEEDANCE_2_0": "Seedance 2.0", "WERYDANCE_2_0": "Werydance 2.0"})


def curl(body: str, *, url: str = URL, key: str = "<token>") -> str:
    """The command as the reference page prints it."""
    return (
        f"curl --request POST \\\n  --url {url} \\\n  --header 'Authorization: Bearer {key}' \\\n"
        f"  --header 'Content-Type: application/json' \\\n  --data '\n{body}\n'\n"
    )


def read(**changes: Any) -> ImportedForm:
    """A good body with some fields changed, pasted as JSON."""
    return read_pasted(json.dumps({**GOOD, **changes}))


def note(**changes: Any) -> str:
    """The one note that a changed body gets."""
    (found,) = read(**changes).notes
    return found


# --- a body ----------------------------------------------------------------------------------------


def test_the_reference_pages_own_example_fills_the_form_without_a_note() -> None:
    for text in (REQUEST, curl(REQUEST), f"$ {curl(REQUEST)}", f"```bash\n{curl(REQUEST)}\n```", "\ufeff" + REQUEST):
        assert read_pasted(text) == ImportedForm(json.loads(REQUEST), (), True)


def test_a_caller_id_comes_as_text_and_keeps_its_digits() -> None:
    assert read(caller_id=2**63 - 1).values["caller_id"] == "9223372036854775807"


def test_an_unknown_field_is_named_with_its_value_shortened_and_the_others_are_filled() -> None:
    pasted = read(seed="x" * 100)
    assert pasted.values == GOOD
    assert pasted.notes == (f'seed is not a field of this request; left out: "{"x" * 47}…"',)


@pytest.mark.parametrize(
    ("changes", "says", "filled"),
    [
        ({"duration": "7"}, 'duration must be a number in digits; "7" was taken as 7.', 7),
        ({"duration": 7.0}, "duration must be a number in digits; 7.0 was taken as 7.", 7),
        ({"duration": 16}, "duration must be from 5 to 15, not 16; left out.", None),
        ({"duration": 5.5}, "duration must be a whole number, not 5.5; left out.", None),
        ({"duration": True}, "duration must be a whole number, not true; left out.", None),
        ({"duration": None}, "duration is null; left out.", None),
        ({"video_number": 5}, "video_number must be from 1 to 4, not 5; left out.", None),
        ({"caller_id": 2**63}, "caller_id must be from -9223372036854775808 to 9223372036854775807, ", None),
        ({"generate_audio": True}, 'generate_audio must be the text "true"; true was taken as that.', "true"),
        ({"generate_audio": "yes"}, 'generate_audio must be one of false, true, not "yes"; left out.', None),
        ({"aspect_ratio": "4:3"}, 'aspect_ratio must be one of 16:9, 9:16, 1:1, not "4:3"; left out.', None),
        ({"aspect_ratio": " 16:9"}, 'aspect_ratio must be the text "16:9"; " 16:9" was taken as that.', "16:9"),
        (
            {"model": "SORA"},
            'model must be one of SEEDANCE_2_0, WERYDANCE_2_0, WERYDANCE_2_0_FAST, not "SORA"; left out.',
            None,
        ),
        ({"model": 3}, "model must be one of SEEDANCE_2_0, WERYDANCE_2_0, WERYDANCE_2_0_FAST, not 3; left out.", None),
        ({"prompt": 7}, "prompt must be text, not 7; left out.", None),
        ({"prompt": {"a": 1}}, "prompt must be text, not an object of 1; left out.", None),
        ({"images": {"a": 1}}, "images must be a list of links, not an object of 1; left out.", None),
        ({"images": LINK}, "images must be a list; the text was taken as its one link.", [LINK]),
        ({"images": [LINK, 5]}, "image 2 is 5, which is no link; left out, so that those behind it move up.", [LINK]),
        ({"images": ["", LINK]}, 'image 1 is "", which is no link; left out, so that those behind it', [LINK]),
        ({"images": ["a.png"]}, "Image 1 must start with https:// or http://, not: a.png", ["a.png"]),
        ({"prompt": "x" * 501}, "Prompt is 501 characters; the limit is 500.", "x" * 501),
        ({"prompt": "a\ud83d"}, "prompt holds half a character (a lone surrogate); a � stands in its place.", "a�"),
        ({"webhook_url": 5}, "webhook_url must be text, not 5; left out.", None),
        ({"images": [], "audios": [LINK]}, "Audio needs at least one image or video.", []),
    ],
    ids=str,
)
def test_what_is_wrong_is_named_with_its_value(changes: dict[str, Any], says: str, filled: Any) -> None:
    assert note(**changes).startswith(says)
    name = next(iter(changes))
    assert read(**changes).values.get(name) == filled
    others = {key: value for key, value in GOOD.items() if key not in changes}
    assert others.items() <= read(**changes).values.items()


def test_a_missing_required_field_is_named() -> None:
    assert read_pasted('{"prompt": "A boat"}').notes == (
        "model is not in the body; it is required.",
        "duration is not in the body; it is required.",
    )


def test_the_models_are_those_of_this_app() -> None:
    body = json.dumps({**GOOD, "model": "WERYDANCE_2_0"})
    assert read_pasted(body, MODELS) == ImportedForm({**GOOD, "model": "WERYDANCE_2_0"}, (), True)


def test_a_field_that_stands_twice_is_named_and_the_last_one_counts() -> None:
    pasted = read_pasted('{"model": "SEEDANCE_2_0", "duration": 5, "duration": 6, "images": ["https://a.example/1"]}')
    assert pasted.values["duration"] == 6
    assert pasted.notes == ("duration stands in the body 2 times; the last one counts.",)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "There is nothing to read"),
        (" \n\u200b ", "There is nothing to read"),
        ("```\n```", "There is no request body in this"),
        ("hello", "There is no request body in this"),
        ('{"model": }', "not JSON: Expecting value, line 1, column 11."),
        ('{"duration": NaN}', "NaN is no JSON number"),
        ('{"model": "x", duration 5}', "not JSON: Expecting property name"),
        ("[1, 2]", "must be a JSON object in braces, not a list of 2"),
        ('"text"', "must be a JSON object in braces"),
        ("{}", "The body is empty"),
        ("[" * 30_000, "nested too deeply"),
        ('{"a":' * 6_000, "more than 4,000 words, quotes and braces"),
        ("{" + " " * PASTED_MAX_BYTES + "}", "larger than 32 KiB"),
        ('{"prompt": "' + "图" * 100_000 + '"}', "larger than 32 KiB"),
    ],
    ids=lambda text: text[:30],
)
def test_what_cannot_be_read_gets_one_sentence_and_fills_nothing(text: str, says: str) -> None:
    pasted = read_pasted(text)
    assert (pasted.values, pasted.ok) == ({}, False)
    (sentence,) = pasted.notes
    assert says in sentence


def test_thousands_of_unknown_fields_are_counted_and_not_listed() -> None:
    pasted = read_pasted(json.dumps({**GOOD, **{f"f{n}": n for n in range(2_000)}}))
    assert len(pasted.notes) == NOTES_NAMED + 1
    assert pasted.notes[-1] == f"And {2_000 - NOTES_NAMED:,} more things like these were left out."


def test_a_long_number_is_named_and_not_computed() -> None:
    pasted = read_pasted('{"caller_id": ' + "9" * 5000 + "}")
    assert pasted.notes[0].startswith("caller_id must be a whole number")


# --- from anywhere ---------------------------------------------------------------------------------

BODY = json.dumps(GOOD)
KEY_LEFT = "The key that came along was ignored and not kept; a key belongs under Send to."
AROUND = "Only the request body was read, not what stands around it."


def beside(names: str) -> str:
    return f"Left out, because only the body is read: {names}."


SHAPES: dict[str, tuple[str, ...]] = {
    "chrome-curl-bash": (KEY_LEFT, beside("header accept")),
    "chrome-curl-cmd": (KEY_LEFT, beside("header accept")),
    "chrome-powershell": (KEY_LEFT, AROUND),
    "chrome-fetch": (KEY_LEFT, AROUND),
    "fetch-by-hand": (AROUND,),
    "powershell-hashtable": (AROUND,),
    "postman-curl": (KEY_LEFT, beside("--location")),
    "postman-powershell": (KEY_LEFT, AROUND),
    "postman-wget": (KEY_LEFT, beside("--no-check-certificate, --quiet, --timeout")),
    "python-requests": (KEY_LEFT, AROUND),
    "httpie-items": (KEY_LEFT,),
    "httpie-pipe": (KEY_LEFT,),
    "export": (AROUND,),
    "json-with-comments": (),
    "json-in-a-string": (AROUND,),
    "chat": (AROUND,),
}
"""Each a file beside this one, as the tool prints it or its documentation has it; all of one request."""


@pytest.mark.parametrize("shape", SHAPES)
def test_every_shape_fills_the_form_and_lists_what_it_did_not_take(shape: str) -> None:
    text = (Path(__file__).parent / "pasted" / f"{shape}.txt").read_text(encoding="utf-8")
    pasted = read_pasted(text)
    assert pasted.values == {**GOOD, "prompt": 'It\'s a "boat" 图 🎈\n100% $5 {x}'}
    assert pasted.notes == SHAPES[shape]
    assert "canary" not in repr(pasted)


@pytest.mark.parametrize(
    "command",
    [
        f"curl -X POST {URL} -H 'Content-Type: application/json' -d '{BODY}'",
        f"curl -XPOST -H'Content-Type: application/json' -d'{BODY}' {URL}",
        f"curl {URL} --json '{BODY}'",
        f"curl -d '{BODY}'",
        f"curl '{URL}' --data-raw $'{BODY}'",
        f"curl {URL} --data-binary {json.dumps(BODY)}",
        f"curl {URL} \\\r\n  -d '{BODY}'\r\n",
        f"curl.exe {URL} ^\r\n  -d {json.dumps(BODY)}",
        f"curl {URL} \\\n\u00a0\u00a0-d '{BODY}'",
        f'curl "$BASE_URL/v1/generation/almighty-reference-to-video" -H "Authorization: Bearer $KEY" -d \'{BODY}\'',
        f"wget --method=POST --header='Content-Type: application/json' --body-data='{BODY}' {URL}",
        f"http POST {URL} <<< '{BODY}'",
        f"http POST {URL} --raw '{BODY}'",
        f"curl {URL} -d '{BODY}",  # cut off behind its body
        BODY.replace('"', "'"),
        BODY.replace('"', "\u201c", 1).replace('"', "\u201d", 1),
        BODY.replace("}", ",}"),
        BODY.replace('"model"', "model"),
    ],
)
def test_the_usual_forms_are_read_without_a_note(command: str) -> None:
    assert read_pasted(command) == ImportedForm(GOOD, (), True)


@pytest.mark.parametrize("mark", ["EOF", "'EOF'"])
def test_a_text_between_marks_is_read(mark: str) -> None:
    assert read_pasted(f"curl {URL} -d @- <<{mark}\n{BODY}\nEOF\n") == ImportedForm(GOOD, (AROUND,), True)


@pytest.mark.parametrize(
    ("written", "prompt"),
    [
        (r"""'{"prompt": "it'\''s"}'""", "it's"),
        (r"""$'{"prompt": "\u4f60\xe4\xbd\xa0\ud83c\udf88\101 it\'s\\n"}'""", "你你🎈A it's\n"),
        (r'''"{\"prompt\": \"\$HOME \`id\` \\\" '\"}"''', "$HOME `id` \" '"),
        (r"""{\"prompt\":\"a\ b\"}""", "a b"),
    ],
)
def test_quotes_mean_what_bash_says(written: str, prompt: str) -> None:
    assert read_pasted(f"curl {URL} -d {written}").values["prompt"] == prompt


@pytest.mark.parametrize(
    ("command", "says"),
    [
        (f"curl -X PUT {URL} -d '{BODY}'", beside("PUT")),
        (f"curl -G {URL} -d '{BODY}'", beside("-G")),
        (f"curl -sSL --retry 3 {URL} -d '{BODY}'", beside("-sSL, --retry")),
        (f"curl {URL} -H 'X-Trace: 1' -H 'Accept: */*' -d '{BODY}'", beside("header X-Trace, header Accept")),
        (f"curl {URL} -F a=b -d '{BODY}'", beside("-F")),
        (f"curl {URL} -d '{BODY}' -d x=1", beside("x")),
        (f"curl {URL} -d '{BODY}' | jq .", beside("jq")),
        (f"curl {URL} -d '{BODY}'\nrm -rf /", beside("rm")),
        (f"{BODY}\n{BODY}", AROUND),
        (f"curl {URL[:22]}/v1/generation/text-to-video -d '{BODY}'", "The request goes to https://api.weryai.com/v1/"),
        (f"curl http://127.0.0.1:8765/sandbox{URL[22:]} -d '{BODY}'", "The request goes to http://127.0.0.1:8765"),
        (f"curl '{URL}?a=1' -d '{BODY}'", f"The request goes to {URL[:40]}"),
        (f"curl 'https://[/x' -d '{BODY}'", "The request goes to https://[/x;"),
        (
            BODY.replace('"A boat"', "prompt"),
            "The body has a variable or a command in it, which is taken as it stands.",
        ),
    ],
)
def test_whatever_else_is_said_is_named(command: str, says: str) -> None:
    pasted = read_pasted(command)
    assert {**pasted.values, "prompt": "A boat"} == GOOD
    (sentence,) = pasted.notes
    assert sentence.startswith(says)


@pytest.mark.parametrize(
    ("command", "says"),
    [
        (f"curl {URL}", "There is no request body in this"),
        (f"curl {URL} -d @body.json", "stands in a file (@body.json)"),
        (f"curl {URL} -d 'a=b'", "There is no request body in this"),
        (f"curl {URL} -d ''", "There is no request body in this"),
        (f"curl {URL} -d '{BODY[:-1]}", "There is no request body in this"),
    ],
)
def test_a_command_without_a_body_to_read_says_so(command: str, says: str) -> None:
    pasted = read_pasted(command)
    assert not pasted.ok
    assert says in " ".join(pasted.notes)


def test_the_object_with_the_most_fields_is_the_body_wherever_it_stands() -> None:
    inner = json.dumps({"settings": {"duration": 9}, "body": GOOD, "seed": 1})
    assert read_pasted(inner) == ImportedForm(GOOD, (AROUND,), True)
    quoting = {**GOOD, "prompt": f"Type {BODY} or Invoke-RestMethod"}
    assert read_pasted(json.dumps(quoting)) == ImportedForm(quoting, (), True)
    assert read_pasted(json.dumps({"log": json.dumps({"text": BODY})})).values == GOOD


def test_a_shell_variable_in_the_body_is_not_filled_in_and_named() -> None:
    pasted = read_pasted(f'curl {URL} -d "{{\\"prompt\\": \\"$HOME\\"}}"')
    assert pasted.values == {"prompt": "$HOME"}
    assert pasted.notes[0] == "The body has a variable or a command in it, which is taken as it stands."


@pytest.mark.parametrize(
    "text",
    [
        curl(BODY, key=KEY),
        f"curl -u user:{KEY} {URL} -d '{BODY}'",
        f"curl --oauth2-bearer {KEY} {URL} -d '{BODY}'",
        f"curl -H 'authorization: {KEY}' {URL} -d '{BODY}' | tee {KEY}",
        f"curl -H 'X-Api-Key: {KEY}' '{URL}?key={KEY}' -d '{BODY}'",
        f"curl https://user:{KEY}@api.weryai.com{URL[22:]} -d '{BODY}'",
        json.dumps({**GOOD, "api_key": KEY, "Authorization": f"Bearer {KEY}", "x": f"Bearer {KEY}", "y": KEY}),
        json.dumps({**GOOD, KEY: 1}),
        curl(BODY, key="canary-" + KEY * 9) + f"; echo canary-{KEY * 9}",
    ],
)
def test_a_key_is_neither_kept_nor_repeated(text: str) -> None:
    pasted = read_pasted(text)
    assert pasted.values == GOOD
    assert pasted.notes
    assert KEY not in repr(pasted)
    assert KEY[:10] not in repr(pasted)
    assert "canary" not in repr(pasted)


def test_a_sentence_stays_whole_around_a_key_in_both_languages() -> None:
    command = f"curl https://user:{KEY}@api.weryai.com/elsewhere -d '{BODY}'"
    assert read_pasted(command).notes == (
        KEY_LEFT,
        "The request goes to https://api.weryai.com/elsewhere; where this form sends is chosen under Send to.",
    )
    with speaking(Locale.ZH):
        assert read_pasted(command).notes[1].startswith("请求发往 https://api.weryai.com/elsewhere；")


def test_an_ignored_key_is_named_once() -> None:
    assert read_pasted(curl(BODY, key=KEY)).notes == (KEY_LEFT,)


# --- the identity ----------------------------------------------------------------------------------

LINKS = st.sampled_from([LINK, "http://b.example:8080/ä?x='$y'&z=\\#\"", "https://c.example/[1]`{2}`", LINK + "%20!"])
TEXTS = st.text(max_size=60) | st.sampled_from(
    ["it's", '"', "\\", "\\\\'", "JSON", "EOF\n", "$HOME `id` $(id)", "\u2028", "🎈"]
)
FORMS = st.fixed_dictionaries(
    {
        "model": st.just("SEEDANCE_2_0"),
        "duration": st.integers(5, 15),
        "images": st.lists(LINKS, min_size=1, max_size=9),
    },
    optional={
        "prompt": TEXTS,
        "videos": st.lists(LINKS, max_size=3),
        "audios": st.lists(LINKS, max_size=3),
        "aspect_ratio": st.sampled_from(["1:1", "9:16", "16:9"]),
        "resolution": st.sampled_from(["480p", "720p"]),
        "generate_audio": st.sampled_from(["true", "false"]),
        "video_number": st.integers(1, 4),
        "webhook_url": LINKS,
        "caller_id": st.integers(-(2**63), 2**63 - 1),
    },
)


def requests_of(form: dict[str, Any]) -> GenerationRequest | None:
    """The request of a form, where it is valid."""
    return check(form).request


REQUESTS = FORMS.map(requests_of).filter(lambda request: request is not None)


def assert_same(text: str, request: GenerationRequest) -> None:
    pasted = read_pasted(text)
    assert pasted.ok
    assert pasted.notes == ()
    assert check(pasted.values).request == request


@settings(deadline=None)
@given(REQUESTS)
def test_form_to_json_to_form_is_the_identity(request: GenerationRequest) -> None:
    assert_same(json.dumps(request.payload()), request)
    assert_same(json.dumps(request.payload(), ensure_ascii=False, indent=2), request)


@settings(deadline=None)
@given(REQUESTS)
def test_form_to_curl_to_form_is_the_identity(request: GenerationRequest) -> None:
    body = json.dumps(request.payload(), ensure_ascii=False)
    assert_same(f"curl {URL} -d {shlex.quote(body)}", request)
    assert_same(curl(json.dumps(request.payload(), indent=2).replace("'", r"'\''")), request)
    ansi = body.replace("\\", r"\\").replace("'", r"\'")
    assert_same(f"curl {URL} -d $'{ansi}'", request)


@settings(deadline=None)
@given(REQUESTS)
@example(GenerationRequest(model="SEEDANCE_2_0", prompt="\U00016aee}", duration=5, images=("https://a.example/1.png",)))
def test_the_printed_programs_fill_the_form_with_their_own_request(request: GenerationRequest) -> None:
    for language in Language:
        pasted = read_pasted(snippet(language, request.payload(), base_url="https://api.weryai.com"))
        assert check(pasted.values).request == request
        assert pasted.notes[0] == AROUND  # and in JavaScript, of a long caller_id, that it is written as a text


FRAGMENTS = [*"'\"\\ \ta图!#{?", "$'", "\\n", "\\x41", "\\u4f60", "\\101", "\\\n"]


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(FRAGMENTS), max_size=12).map("".join))
def test_words_are_split_and_unquoted_as_bash_does_it(text: str) -> None:
    done = subprocess.run(
        ["bash", "-f", "-c", f"printf '%s\\0' {text}"],
        env={"LC_ALL": "C.UTF-8", "PATH": os.environ["PATH"]},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
        timeout=10,
    )
    assume(done.returncode == 0 and not done.stderr)
    # At the very end bash keeps a backslash; here the person has cut off the next line.
    assume(not text.endswith("\\"))
    (command,) = commands(f"curl {text}")
    found = [word.text for word in command[1:]]
    assert found == done.stdout.decode().split("\0")[:-1] or (found == [] and done.stdout == b"\0")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=5,
)
NAMES = st.sampled_from([*GenerationRequest.model_fields, "seed"]) | st.text()


@settings(deadline=None)
@given(st.dictionaries(NAMES, JSON))
def test_any_json_gives_an_answer_in_which_every_field_is_taken_or_named(body: dict[str, Any]) -> None:
    pasted = read_pasted(json.dumps(body))
    for name in body:
        assert name in pasted.values or len(pasted.notes) >= 1
    check(pasted.values)


@settings(deadline=None)
@given(st.text() | st.text(alphabet="curl -dHX'\"\\$<>{}@\n:EOF^#;", max_size=60).map("curl ".__add__))
@example("curl -d $'\\U7fffffff\\x\\'")
@example("curl -d <<")
@example("curl <<EOF\nEOF")
@example("curl \ud800")
def test_any_text_at_all_gives_an_answer(text: str) -> None:
    pasted = read_pasted(text)
    assert pasted.ok == bool(pasted.values)
    assert pasted.ok or pasted.notes


@pytest.mark.parametrize(
    "text",
    [
        "<<a\n" * 60_000,
        "curl " + "'a' " * 60_000,
        "curl " + "\\" * 250_000,
        'curl "' + "\\\\" * 120_000,
        "curl -d $'" + "\\x" * 120_000,
        "curl " + "-s " * 80_000,
        '{"a":1,' * 1 + ",".join(f'"{n % 7}":{n}' for n in range(25_000)) + "}",
        "```" + "\n" * 250_000,
    ],
    ids=lambda text: text[:12],
)
def test_a_large_hostile_text_is_read_in_linear_time(text: str) -> None:
    # The limit is pytest's own; a quadratic reading would take minutes.
    assert read_pasted(text).notes
