"""The one-time code that hands a visitor's history over: eight characters that a person can read out and type.

How long a guesser would need: there are 31 ** 8 = 8.5e11 codes. All guessers together have 20 tries and then one in
10 seconds (`throttle.py`), so 80 in the ten minutes that a code lasts. Were as many codes waiting as may (1,000), those
80 would hit one of them with a chance of 1 in 10 million; of several processes each takes its part of the tries.

Who reads the database finds a hash, and the token under a pad that both come from the code by scrypt. At 16 MB and some
50 ms for each of 8.5e11 tries that is over a thousand years of one processor, for a row that goes after ten minutes.
"""

from __future__ import annotations

import hashlib
import secrets
import unicodedata

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""Without 0 and O, 1 and I and L, which look alike."""
CHARACTERS = 8
HALF = 4
HASH_BYTES = 32
LONGEST_TOKEN = 128
_SALT = b"weryai-ui move code 1"
"""The same for all, since a code is looked up by its hash. A table of all codes would cost what is said above."""
_COST = {"n": 2**14, "r": 8, "p": 1}


def new_code() -> str:
    """A code as it is shown: ABCD-EFGH."""
    drawn = "".join(secrets.choice(ALPHABET) for _ in range(CHARACTERS))
    return f"{drawn[:HALF]}-{drawn[HALF:]}"


def read_code(typed: str) -> str:
    """What somebody typed, as it is shown: in capitals, whatever stands between; empty when it can be no code."""
    plain = unicodedata.normalize("NFKC", typed[:100]).upper()
    found = "".join(each for each in plain if each.isalnum())
    if len(found) != CHARACTERS or set(found) - set(ALPHABET):
        return ""
    return f"{found[:HALF]}-{found[HALF:]}"


def seal(code: str, token: str) -> tuple[str, str]:
    """A code's hash, and a visitor token that only the code opens again."""
    hashed, pad = _derived(code)
    return hashed, _under(pad, token.encode("ascii")).hex()


def hash_of(code: str) -> str:
    """What a code is looked up by."""
    return _derived(code)[0]


def unseal(code: str, sealed: str) -> str:
    """The visitor token that was sealed with this code."""
    _, pad = _derived(code)
    return _under(pad, bytes.fromhex(sealed)).decode("ascii", "replace")


def _derived(code: str) -> tuple[str, bytes]:
    made = hashlib.scrypt(code.encode(), salt=_SALT, dklen=HASH_BYTES + LONGEST_TOKEN, **_COST)
    return made[:HASH_BYTES].hex(), made[HASH_BYTES:]


def _under(pad: bytes, text: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(text, pad[: len(text)], strict=True))
