"""The keys that the sandbox takes: a scenario's own, or with the account of one visitor of the app behind it.

A scenario's own key is everybody's, and an account of its own. The app sends `<scenario's key>.<account><proof>` for a
visitor. Only who has the secret can write the proof, so nobody spends from an account that is not theirs, or has as
many as they like. Without a proof it counts as the scenario's own key.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass
from typing import Final

from weryai_ui.sandbox.scenarios import SCENARIOS, Scenario

SECRET_BYTES: Final = 32
HALF: Final = 16  # hexadecimal digits of the account, and of its proof
_WITH_ACCOUNT: Final = re.compile(rf"([a-z-]+)\.([0-9a-f]{{{HALF}}})([0-9a-f]{{{HALF}}})")


@dataclass(frozen=True)
class Customer:
    """Who calls: the scenario of the key, and the account that pays."""

    scenario: Scenario
    account: str


class Keys:
    """Writes and reads the keys of one sandbox.

    Who writes and who reads have the same `secret`; without one it is made, and lives as long as the process.
    """

    def __init__(self, secret: str = "") -> None:
        self._secret = hashlib.sha256(secret.encode()).digest() if secret else secrets.token_bytes(SECRET_BYTES)

    def key_for(self, scenario: str, visitor: str) -> str:
        """The key by which one visitor's requests go; without a visitor the scenario's own."""
        if not visitor:
            return scenario
        account = self._half("account", visitor)
        return f"{scenario}.{account}{self._half('proof', account)}"

    def customer(self, key: str) -> Customer | None:
        """Who calls with that key; None for a key of no scenario."""
        found = _WITH_ACCOUNT.fullmatch(key)
        name, account, proof = found.groups() if found else (key, "", "")
        scenario = SCENARIOS.get(name)
        if scenario is None:
            return None
        proved = bool(account) and hmac.compare_digest(proof, self._half("proof", account))
        return Customer(scenario, account if proved else scenario.key)

    def is_of_the_app(self, key: str) -> bool:
        """Whether the host of this sandbox wrote that key for one of its visitors."""
        customer = self.customer(key)
        return customer is not None and customer.account != customer.scenario.key

    def _half(self, use: str, text: str) -> str:
        return hmac.new(self._secret, f"{use}\n{text}".encode(), hashlib.sha256).hexdigest()[:HALF]
