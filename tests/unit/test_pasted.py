"""Pasting a request into the form: what is read, what is named, and that nothing is dropped in silence."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
from typing import Any

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from tests.contract.examples import REQUEST
from weryai_ui.i18n import Locale, speaking
from weryai_ui.portable.body import NOTES_NAMED, ImportedForm
from weryai_ui.portable.curl import read_curl
from weryai_ui.portable.paste import PASTED_MAX_BYTES, read_pasted
from weryai_ui.portable.programs import Language, snippet
from weryai_ui.request.fields import GenerationRequest
from weryai_ui.request.validation import check

LINK = "https://a.example/1.png"
GOOD: dict[str, Any] = {"model": "SEEDANCE_2_0", "prompt": "A boat", "images": [LINK], "duration": 5}
URL = "https://api.weryai.com/v1/generation/almighty-reference-to-video"
KEY = "sk-canary-7f3a91c2"
MODELS = {"SEEDANCE_2_0": "Seedance 2.0", "WERYDANCE_2_0": "Werydance 2.0"}


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
        ({"model": "SORA"}, 'model must be one of SEEDANCE_2_0, not "SORA"; left out.', None),
        ({"model": 3}, "model must be one of SEEDANCE_2_0, not 3; left out.", None),
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
        ({"images": [], "audios": [LINK]}, "Audio needs an image or a video beside it.", []),
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
        ("```\n```", "neither a JSON object nor a curl command"),
        ("hello", "neither a JSON object nor a curl command"),
        ('{"model": }', "not JSON: Expecting value, line 1, column 11."),
        ('{"duration": NaN}', "NaN is no JSON number"),
        ("{“model”: “x”}", "typographic quotes"),
        ("{'model': 'x'}", "JSON wants double ones"),
        ("[1, 2]", "must be a JSON object in braces, not a list of 2"),
        ('"text"', "must be a JSON object in braces"),
        ("{}", "The body is empty"),
        ("[" * 30_000, "nested too deeply"),
        ('{"a":' * 6_000, "nested too deeply"),
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


# --- a curl command --------------------------------------------------------------------------------

BODY = json.dumps(GOOD)
NO_ADDRESS = "The command has no address; only its body was read."


@pytest.mark.parametrize(
    "command",
    [
        f"curl -X POST {URL} -H 'Content-Type: application/json' -d '{BODY}'",
        f"curl -XPOST -H'Content-Type: application/json' -d'{BODY}' {URL}",
        f"curl {URL} --json '{BODY}'",
        f"curl '{URL}' --data-raw $'{BODY}'",
        f"curl {URL} --data-binary {json.dumps(BODY)}",
        f"curl {URL} \\\r\n  -d '{BODY}'\r\n",
        f"curl.exe {URL} ^\r\n  -d {json.dumps(BODY)}",
        f"curl {URL} -d @- <<'EOF'\n{BODY}\nEOF\n",
        f"curl {URL} -d @- <<EOF\n{BODY}\nEOF",
        f"curl {URL} \\\n\u00a0\u00a0-d '{BODY}'",
        f'curl "$BASE_URL/v1/generation/almighty-reference-to-video" -H "Authorization: Bearer $KEY" -d \'{BODY}\'',
    ],
)
def test_the_usual_forms_of_the_command_are_read_without_a_note(command: str) -> None:
    assert read_pasted(command) == ImportedForm(GOOD, (), True)


@pytest.mark.parametrize(
    ("written", "prompt"),
    [
        (r"""'{"prompt": "it'\''s"}'""", "it's"),
        (r"""$'{"prompt": "\u4f60\xe4\xbd\xa0\ud83c\udf88\101 it\'s\\n"}'""", "你你🎈A it's\n"),
        (r'''"{\"prompt\": \"\$HOME \`id\` \\\" '\"}"''', "$HOME `id` \" '"),
        (r"""{\"prompt\":\"a\ b\"}""", "a b"),
        ("""'{"prompt": '"'"'"a"'"'"'}'""", None),
    ],
)
def test_quotes_mean_what_bash_says(written: str, prompt: str | None) -> None:
    pasted = read_pasted(f"curl {URL} -d {written}")
    assert pasted.values.get("prompt") == prompt


@pytest.mark.parametrize(
    ("command", "says"),
    [
        (f"curl -X PUT {URL} -d '{BODY}'", 'The command says "PUT"; a submit is a POST, and is sent as one.'),
        (f"curl -G {URL} -d '{BODY}'", 'The command says "GET"; a submit is a POST, and is sent as one.'),
        (f"curl -d '{BODY}'", NO_ADDRESS),
        (f"curl https://api.weryai.com/v1/generation/text-to-video -d '{BODY}'", "The command is for another address"),
        (f"curl http://127.0.0.1:8765/sandbox{URL[22:]} -d '{BODY}'", "The command goes to http://127.0.0.1:8765"),
        (f"curl '{URL}?a=1' -d '{BODY}'", "The address has something behind the endpoint, which was left out: a=1"),
        (f"curl 'https://[/x' -d '{BODY}'", "The address cannot be read"),
        (f"curl {URL} https://b.example -d '{BODY}'", "Left out, because the command has its address already: https"),
        (
            f"curl -sSL --retry 3 {URL} -d '{BODY}'",
            "Left out, because they are no part of the body: -s, -S, -L, --retry",
        ),
        (f"curl {URL} -H 'X-Trace: 1' -d '{BODY}'", "Left out, because this app sends its own: header X-Trace."),
        (f"curl {URL} -H 'Content-Type: text/plain' -d '{BODY}'", 'The content type is "text/plain"'),
        (f"curl {URL} -F a=b -d '{BODY}'", "Not read, because the body must be JSON: -F."),
        (f"curl {URL} -d '{BODY}' -d x=1", "The curl command has --data 2 times; only the first was read."),
        (f"curl {URL} -d '{BODY}' | jq .", "Only the curl command was read, not what stands behind it: | jq ."),
        (f"curl {URL} -d '{BODY}' # mine", "Only the curl command was read, not what stands behind it: # mine"),
        (f"curl {URL} -d '{BODY}'\nrm -rf /", "Only the curl command was read, not what stands behind it: rm -rf /"),
        (
            f"curl {URL} -d @- <<'EOF' | jq\n{BODY}\nEOF",
            "Only the curl command was read, not what stands behind it: | jq",
        ),
    ],
)
def test_whatever_else_the_command_says_is_named(command: str, says: str) -> None:
    pasted = read_pasted(command)
    assert pasted.values == GOOD
    (sentence,) = pasted.notes
    assert sentence.startswith(says)


@pytest.mark.parametrize(
    ("command", "says"),
    [
        (f"curl {URL}", "has no --data"),
        (f"curl {URL} -d @body.json", "stands in a file (@body.json)"),
        (f"curl {URL} -d @-", "stands in a file (@-)"),
        (f"curl {URL} -d '{BODY}", "a quote is opened and never closed"),
        (f"curl {URL} -d", "breaks off behind -d"),
        (f"curl {URL} -d 'a=b'", "not JSON"),
        (f"curl {URL} -d ''", "not JSON"),
    ],
)
def test_a_command_without_a_body_to_read_says_so(command: str, says: str) -> None:
    pasted = read_pasted(command)
    assert not pasted.ok
    assert says in " ".join(pasted.notes)


def test_a_shell_variable_in_the_body_is_not_filled_in_and_named() -> None:
    pasted = read_pasted(f'curl {URL} -d "{{\\"prompt\\": \\"$HOME\\"}}"')
    assert pasted.values == {"prompt": "$HOME"}
    assert pasted.notes[0] == "The body has a shell variable or command in it, which is taken as it stands."


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
        "The command is for another address (https://user:…); its body was read all the same.",
    )
    with speaking(Locale.ZH):
        assert read_pasted(command).notes == ("命令指向其他地址（https://user:…），请求体仍已读取。",)


def test_an_ignored_key_is_named_once() -> None:
    assert read_pasted(curl(BODY, key=KEY)).notes == (
        "The key in the command was ignored and not kept; a key belongs under Send to.",
    )


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
def test_the_printed_bash_program_fills_the_form_with_its_own_request(request: GenerationRequest) -> None:
    assert_same(snippet(Language.CURL, request.payload(), base_url="https://api.weryai.com"), request)


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
    command = read_curl(f"curl -- {text}")
    found = [command.url.text, *command.surplus] if command.url else []
    # What begins with a dash is an option to curl and a word to printf: none of the fragments does.
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
