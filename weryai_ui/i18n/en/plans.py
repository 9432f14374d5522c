"""Plans of several variants: the dialog that makes one, and where one stands."""

from __future__ import annotations

from collections.abc import Mapping

BROWSER: Mapping[str, Mapping[str, str]] = {
    "variations": {
        "open": "Variations…",
        "hint": "Send two to four variations of this form as one plan",
        "title": "Variations",
        "varies": "What varies",
        "choose": "Choose two to four values.",
        "wording": "Wording {number}",
        "add": "Add a wording",
        "send": "Send {n} variations",
        "send_none": "Send",
        "sending": "Checking…",
        "asks": "Send {n} variations?",
        "passes": "Passes all checks",
        "one_by_one": "They are sent one after the other. A refusal that would repeat stops the rest.",
        "stop": "Stop",
        "go_on": "Go on",
        "remove": "Dismiss",
        "remove_asks": "Dismiss this plan? {n} unsent variations will not be sent.",
    },
}
"""What the page says by itself."""

SECTIONS: Mapping[str, Mapping[str, str]] = {
    "plan": {
        "how_many": "A plan takes two to four variations of one field.",
        "same": "Two of the variations are the same request.",
        "too_many": "Three plans are unfinished. Let one finish or dismiss it, then send this one.",
        "paused": "The app was away for a while.",
        "broke": "The app failed at sending it.",
        "needs_key": "The app no longer has your key. Enter it under Send to, then press Go on.",
        "total_free": "{n} variations, free in the sandbox.",
        "total": "{n} variations: {amount} credits in all.",
        "total_about": "{n} variations: about {amount} credits in all.",
        "total_unknown": "{n} variations, price not known yet.",
        "credits": "{amount} credits",
        "unpriced": "price not known",
        "short": "The limits leave less than this plan needs: it would stop part-way.",
        "title": "Variations: {what}",
        "sent": "{sent} of {all} sent",
        "ready": "{ready} of {all} ready",
        "by_you": "Stopped by you.",
        "by_unknown": "Stopped: it is not known whether the last one arrived. It is not sent again.",
        "by_refusal": "Stopped: {cause}",
        "left": "{n} not sent.",
        "waiting": "Not sent yet",
        "sending": "Sending",
        "refused": "Refused",
        "gone": "Forgotten",
        "wording": "Wording {number}",
    },
}
