"""Fields: their labels, helps and choices, and how a reference is called."""

from __future__ import annotations

from collections.abc import Mapping

SECTIONS: Mapping[str, Mapping[str, str]] = {
    "label": {
        "model": "Model",
        "prompt": "Prompt",
        "images": "Images",
        "videos": "Videos",
        "audios": "Audios",
        "aspect_ratio": "Aspect ratio",
        "resolution": "Resolution",
        "duration": "Length",
        "generate_audio": "Sound",
        "video_number": "How many videos",
        "webhook_url": "Webhook URL",
        "caller_id": "Caller ID",
    },
    "help": {
        "model": "Which model makes the video.",
        "prompt": 'What happens in the video. Call references by number: "image 1", "video 1", "audio 1".',
        "images": "Up to {images} links, one per line. The first line is image 1.",
        "videos": "Up to {videos} links, one per line. Each 2 to 15 s, 15 s in all.",
        "audios": "Up to {audios} links, one per line. Each 2 to 15 s, 15 s in all. Only with an image or a video.",
        "aspect_ratio": "The shape of the picture.",
        "resolution": "480p to try, 720p to keep.",
        "duration": "{least} to {most} seconds.",
        "generate_audio": "Sound made with the picture.",
        "video_number": "Each is a task of its own.",
        "webhook_url": "The service posts the result there as well. Leave empty if you have no server for it.",
        "caller_id": "A number of your own that goes along with the task.",
    },
    "choice": {
        "not_set": "Not set",
        "generate_audio.false": "Off",
        "generate_audio.true": "On",
    },
    "item": {
        "images": "image {number}",
        "videos": "video {number}",
        "audios": "audio {number}",
    },
    "form": {
        "comma": ", ",
        "big_number": "a number of {bits} bits",
    },
}
