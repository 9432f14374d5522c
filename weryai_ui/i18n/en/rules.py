"""Rules: the sentence of each, with the value and the limit."""

from __future__ import annotations

from collections.abc import Mapping

SECTIONS: Mapping[str, Mapping[str, str]] = {
    "rule": {
        "required": "{label} is empty; it is required.",
        "too_long": "{label} is {value} characters; the limit is {limit}.",
        "broken_character": "{label} holds half a character (a lone surrogate); delete it and type it again.",
        "not_text": "{label} must be text.",
        "too_many": "{label}: {value} links; the limit is {limit}.",
        "not_links": "{label} must be links, one a line.",
        "link_blank": "{item} has a space or an invisible character inside: {value}",
        "link_too_long": "{item} is {value} characters long; no server reads more than {limit}.",
        "link_scheme": "{item} must start with https:// or http://, not: {value}",
        "link_shape": "{item} is not a complete link (host or port is wrong): {value}",
        "audio_alone": "Audio needs an image or a video beside it.",
        "clip_short": "{item} is {value} s long; the shortest is {limit} s.",
        "clip_long": "{item} is {value} s long; the longest is {limit} s.",
        "clips_total": "{label} add up to {value} s; the limit is {limit} s: shorten {longest} ({longest_s} s).",
        "choice": "{label} is {value}; choose one of {limit}.",
        "not_integer": "{label} must be a whole number in the digits 0 to 9, not: {value}",
        "out_of_range": "{label} is {value}; it must be from {minimum} to {maximum}.",
        "unknown_field": "{value} is not a field of this request.",
        "link_twice": "{item} is the same link as {value}.",
        "link_long": "{item} is {value} characters long; some servers stop at {limit}.",
        "link_credentials": "{item} carries a user name or password; the service will see it.",
        "link_host": "{item} has letters beyond ASCII in its host; if it is refused, use the xn-- form.",
        "many_references": "{value} references in all; the vendor's own client stops at {limit}.",
        "no_reference": "No image and no video; the vendor's own client asks for at least one.",
        "nothing_to_show": "Neither a prompt nor a reference: the service has nothing to go by.",
        "not_measured": "{label} could not be measured: each must be {minimum} to {maximum} s, {limit} s in all.",
        "upload_gone": "{item} is no longer on this server; add the file again.",
        "wrong_kind": "{item} is one of the {value}; put it there.",
        "local_host": "{item} is on this machine; WeryAI cannot reach it.",
        "mention_missing": "The prompt names {item}; there is no such reference.",
        "mention_gone": "The prompt still has a place for a removed reference: look for “?”.",
        "never_named": "The prompt never names {item}.",
        "image_pixels": "{item} is {value} pixels; other providers take {minimum} to {maximum} a side.",
        "image_aspect": "{item} is {value} times as wide as high; other providers take {minimum} to {maximum}.",
        "video_pixels": "{item} is {value} pixels a frame; other providers take {minimum} to {maximum}.",
        "videos_size": "Videos are {value} MB in all; other providers take {limit} MB.",
        "webhook_http": "Webhook URL is http: the result travels unencrypted.",
        "webhook_sandbox": "The sandbox calls no webhook but this app's own; the Webhook URL is not called.",
    },
}
