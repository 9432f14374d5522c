"""Roles: what a reference is for, and how a prompt says it."""

from __future__ import annotations

from collections.abc import Mapping

SECTIONS: Mapping[str, Mapping[str, str]] = {
    "role": {
        "images.first_frame": "首帧",
        "images.last_frame": "尾帧",
        "images.character": "角色",
        "images.place": "场景",
        "images.product": "产品",
        "images.style": "风格",
        "images.storyboard": "分镜",
        "videos.motion": "动作",
        "videos.camera": "运镜",
        "videos.style": "风格",
        "videos.extend": "延长",
        "videos.edit": "编辑",
        "audios.voice": "人声",
        "audios.music": "配乐",
        "audios.rhythm": "节奏",
        "audios.sound_effects": "音效",
    },
    "role_phrase": {
        "images.first_frame": "图片 {number} 是首帧",
        "images.last_frame": "图片 {number} 是尾帧",
        "images.character": "图片 {number} 是角色",
        "images.place": "图片 {number} 是场景",
        "images.product": "图片 {number} 是产品",
        "images.style": "画面风格参考图片 {number}",
        "images.storyboard": "图片 {number} 是分镜",
        "videos.motion": "动作参考视频 {number}",
        "videos.camera": "运镜参考视频 {number}",
        "videos.style": "画面风格参考视频 {number}",
        "videos.extend": "延长视频 {number}",
        "videos.edit": "编辑视频 {number}",
        "audios.voice": "音频 {number} 是人声",
        "audios.music": "音频 {number} 是配乐",
        "audios.rhythm": "跟随音频 {number} 的节奏",
        "audios.sound_effects": "音频 {number} 是音效",
    },
}
