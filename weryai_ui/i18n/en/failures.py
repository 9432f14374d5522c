"""Why a film was not made: what happened, who acts, and the one next change."""

from __future__ import annotations

from collections.abc import Mapping

SECTIONS: Mapping[str, Mapping[str, str]] = {
    "happened": {
        "image_audit": "The service refused a reference picture: its check looks for real faces and brands, whatever the model.",
        "content": "The service's content check refused the prompt or what was made of it.",
        "copyright": "The service refused it for copyright: names of works or people, songs, or verse.",
        "busy": "The service was too busy or asked too often.",
        "no_reason": "The service gave no reason.",
        "credits": "The account has not enough credits.",
        "denied": "The service does not accept this key, or not from this address.",
        "limit": "The account's daily limit is reached.",
        "model_gone": "The service no longer offers this model.",
        "other": "The service could not make it.",
    },
    "acts": {
        "image_audit": "Take the picture out, or use one without real faces and brands.",
        "content": "Change the prompt or a reference.",
        "copyright": "Take names, lyrics and verse out of the prompt.",
        "busy": "Wait {seconds} s, then send the same again.",
        "no_reason": "The same request often works the second time.",
        "credits": "The account's owner has to act: top up, then send the same again.",
        "denied": "The key's owner has to act: check the key, its permissions and the addresses that it is open to.",
        "limit": "Try again tomorrow.",
        "model_gone": "Choose another model.",
        "other": "Change the prompt or a reference and try again.",
        "with_sound": "Make it again without sound, which often helps, or change the prompt or a reference.",
    },
    "change": {
        "remove_picture": "Again without image {number}",
        "change_pictures": "Change the pictures",
        "change_prompt": "Change the prompt",
        "without_sound": "Again without sound",
        "other_model": "Again with {name}",
        "same_again": "The same again",
        "wait": "The same again",
    },
}
