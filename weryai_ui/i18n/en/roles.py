"""Roles: what a reference is for, and how a prompt says it."""

from __future__ import annotations

from collections.abc import Mapping

SECTIONS: Mapping[str, Mapping[str, str]] = {
    "role": {
        "images.first_frame": "First frame",
        "images.last_frame": "Last frame",
        "images.character": "Character",
        "images.place": "Place",
        "images.product": "Product",
        "images.style": "Style",
        "images.storyboard": "Storyboard",
        "videos.motion": "Motion",
        "videos.camera": "Camera",
        "videos.style": "Style",
        "videos.extend": "Extend",
        "videos.edit": "Edit",
        "audios.voice": "Voice",
        "audios.music": "Music",
        "audios.rhythm": "Rhythm",
        "audios.sound_effects": "Sound effects",
    },
    "role_phrase": {
        "images.first_frame": "Image {number} is the first frame",
        "images.last_frame": "Image {number} is the last frame",
        "images.character": "Image {number} is the character",
        "images.place": "Image {number} is the place",
        "images.product": "Image {number} is the product",
        "images.style": "Image {number} sets the style",
        "images.storyboard": "Image {number} is the storyboard",
        "videos.motion": "Take the motion from video {number}",
        "videos.camera": "Take the camera movement from video {number}",
        "videos.style": "Take the style from video {number}",
        "videos.extend": "Extend video {number}",
        "videos.edit": "Edit video {number}",
        "audios.voice": "Audio {number} is the voice",
        "audios.music": "Audio {number} is the music",
        "audios.rhythm": "Follow the rhythm of audio {number}",
        "audios.sound_effects": "Audio {number} is the sound effects",
    },
}
