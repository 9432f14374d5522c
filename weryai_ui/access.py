"""Who may spend whose credits. Asked by the service before anything is sent, for every entrance.

The owner's key on a page that strangers can open is closed until the owner says otherwise: every handler
of a Gradio page can be called directly, so hiding a button protects nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from weryai_ui.settings import SandboxMode, Settings


class SendTo(StrEnum):
    """Where a request goes, and with whose key."""

    SANDBOX = "sandbox"
    MY_KEY = "my-key"
    OWNER_KEY = "owner-key"


@dataclass(frozen=True)
class Access:
    """What visitors of this server may do, decided once at the start from the settings."""

    settings: Settings

    @property
    def owner_key_closed(self) -> bool:
        """Whether there is an owner's key that this page must not spend for its visitors."""
        settings = self.settings
        exposed = settings.reachable_from_elsewhere and not settings.anyone_may_spend
        return settings.api_key is not None and exposed

    @property
    def offers(self) -> tuple[SendTo, ...]:
        """The places a request may go to, the default first."""
        offers = [SendTo.MY_KEY]
        if self.settings.api_key is not None and not self.owner_key_closed:
            offers.insert(0, SendTo.OWNER_KEY)
        if self.settings.sandbox is not SandboxMode.OFF:
            first = self.settings.sandbox is SandboxMode.ON or SendTo.OWNER_KEY not in offers
            offers.insert(0 if first else len(offers), SendTo.SANDBOX)
        return tuple(offers)

    def refusal(self, send_to: SendTo) -> str | None:
        """Why a visitor may not send there, in a sentence; None when they may."""
        if send_to in self.offers:
            return None
        if send_to is SendTo.SANDBOX:
            return "The sandbox is switched off on this server."
        if self.owner_key_closed:
            return "The owner's key is closed to visitors of this page: use the sandbox, or a key of your own."
        return "This server has no key of its own: use the sandbox, or a key of your own."
