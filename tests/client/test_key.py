"""The API key: checked before it can reach a header, shown only masked."""

from __future__ import annotations

import pytest

from weryai_ui.client.key import check_key, masked
from weryai_ui.client.weryai import WeryAIClient, check_base_url
from weryai_ui.errors import ApiKeyError, SettingsError


@pytest.mark.parametrize("key", ["sk-abc", " sk-abc\n", "\tsk-abc\r\n"], ids=repr)
def test_surrounding_whitespace_is_dropped(key: str) -> None:
    assert check_key(key) == "sk-abc"


@pytest.mark.parametrize(
    "key",
    [
        "",
        "  \n",
        "sk-sec\nret",
        "sk-sec\r\nX: y",
        "sk-sec ret",
        "sk-sec\x00ret",
        "sk-sec\x7f",
        "sk-sécret",
        "sk-密secret",
        "sk-" + "s" * 510,
    ],
    ids=ascii,
)
def test_an_unusable_key_is_refused_and_never_quoted(key: str) -> None:
    with pytest.raises(ApiKeyError) as caught:
        WeryAIClient("https://api.weryai.com", key)
    assert "sec" not in str(caught.value)
    assert "sss" not in str(caught.value)


@pytest.mark.parametrize("key", ["sk-", " sk-\n", "sk", "SK-", "sk--", "sk-sk-", "sk-...", "-", "***"])
def test_a_prefix_alone_is_no_key(key: str) -> None:
    with pytest.raises(ApiKeyError, match="nothing after sk-"):
        check_key(key)


def test_a_short_key_is_a_key() -> None:
    assert check_key("sk-a") == "sk-a"


@pytest.mark.parametrize(
    ("key", "shown"),
    [
        ("sk-abcdefghijklmnop", "sk-…mnop"),
        ("sk-abcdefghi", "sk-…fghi"),
        ("sk-abcdefgh", "sk-…"),
        ("abcdefghijklmnop", "…mnop"),
        ("", "…"),
    ],
)
def test_a_masked_key_shows_its_end_only_when_it_is_long(key: str, shown: str) -> None:
    assert masked(key) == shown


def test_a_clients_repr_does_not_show_the_key() -> None:
    client = WeryAIClient("https://api.weryai.com", "sk-abcdefghijklmnop")
    assert repr(client) == "WeryAIClient('https://api.weryai.com', key sk-…mnop)"


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("https://api.weryai.com", "https://api.weryai.com"),
        (" https://api.weryai.com/ ", "https://api.weryai.com"),
        ("http://127.0.0.1:8000/sandbox/", "http://127.0.0.1:8000/sandbox"),
        ("http://[::1]:8000", "http://[::1]:8000"),
    ],
)
def test_a_base_url_loses_its_last_slash(url: str, address: str) -> None:
    assert check_base_url(url) == address


@pytest.mark.parametrize(
    "url",
    ["", "api.weryai.com", "ftp://a", "https://", "https://user:secret@a", "https://a?b=1", "https://a#b",
     "https://a:99999", "https://a:0", "https://[", "https://a b", "https://a\n.example", "https://a\u2028.example"],
    ids=ascii,
)  # fmt: skip
def test_a_base_url_that_is_no_plain_address_is_refused(url: str) -> None:
    with pytest.raises(SettingsError, match="must look like"):
        check_base_url(url)
