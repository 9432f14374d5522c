"""Fields: their labels, helps and choices, and how a reference is called."""

from __future__ import annotations

from collections.abc import Mapping

SECTIONS: Mapping[str, Mapping[str, str]] = {
    "label": {
        "model": "模型",
        "prompt": "提示词",
        "images": "图片",
        "videos": "视频",
        "audios": "音频",
        "aspect_ratio": "画面比例",
        "resolution": "分辨率",
        "duration": "时长",
        "generate_audio": "声音",
        "video_number": "视频数量",
        "webhook_url": "Webhook URL",
        "caller_id": "调用方编号",
    },
    "help": {
        "model": "用于生成视频的模型。",
        "prompt": "描述视频内容。按编号引用参考素材：“图片 1”“视频 1”“音频 1”。",
        "images": "最多 {images} 个链接，每行一个；第一行即图片 1。",
        "videos": "最多 {videos} 个链接，每行一个。每段 2 到 15 秒，合计不超过 15 秒。",
        "audios": "最多 {audios} 个链接，每行一个。每段 2 到 15 秒，合计不超过 15 秒。需搭配图片或视频。",
        "aspect_ratio": "画面的宽高比。",
        "resolution": "480p 适合试看，720p 适合成片。",
        "duration": "{least} 到 {most} 秒。",
        "generate_audio": "随画面一同生成声音。",
        "video_number": "每个视频是一个独立任务。",
        "webhook_url": "服务会同时把结果发送到此地址；没有接收服务器请留空。",
        "caller_id": "自定义编号，随任务一同提交。",
    },
    "choice": {
        "not_set": "不设置",
        "generate_audio.false": "关",
        "generate_audio.true": "开",
    },
    "item": {
        "images": "图片 {number}",
        "videos": "视频 {number}",
        "audios": "音频 {number}",
    },
    "form": {
        "comma": "、",
        "big_number": "一个 {bits} 比特的数",
    },
}
