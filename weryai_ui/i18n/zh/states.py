"""How a press of *Generate* stands, and what is told of it."""

from __future__ import annotations

from collections.abc import Mapping

SECTIONS: Mapping[str, Mapping[str, str]] = {
    "task_state": {
        "waiting": "排队中",
        "processing": "生成中",
        "succeeded": "已完成",
        "succeeded_without_video": "已结束，但没有视频",
        "failed": "失败",
        "not_found": "服务已查不到该任务",
        "unknown": "本应用不认识的状态",
    },
    "outcome": {
        "SENDING": "发送中",
        "NOT_SENT": "未发送：没有产生费用",
        "REJECTED": "被拒绝",
        "UNKNOWN": "未知：可能已受理并扣费",
    },
    "mixed": {
        "partly": "{total} 个中已完成 {ready} 个",
        "number": "视频 {number}",
    },
    "usual": {
        "sandbox": "沙盒通常只需几秒",
        "service": "通常 5 到 15 分钟",
    },
    "says": {
        "move": "{move}{advice}",
        "then": "{first}。{then}",
        "failed": "请修改提示词或参考素材后重试。",
        "failed_with_sound": "去掉声音再生成一次通常有效；也可以修改提示词或参考素材。",
        "service_says": "服务返回：{message}",
        "charged_unknown": "失败的任务是否扣费，官方文档没有说明。",
        "unsaved": "应用的数据库尚未记录这一结果；结果已保留，数据库恢复后会立即记录。",
        "unsaved_tasks": "应用的数据库尚未记录这一结果；结果已保留，数据库恢复后会立即记录。任务编号：{ids}",
        "tasks_left_out": "服务的响应中列出了 {named} 个任务，本应用跟进其中 {followed} 个：最多 {most} 个，编号超过 {bytes} 字节或不是文本的不跟进。完整响应见“详情”。",
        "videos_left_out": "每个任务最多显示 {most} 个视频。完整响应见“详情”。",
        "enter_key": "请再次填写密钥以继续跟踪：密钥只保存在内存中，而应用已重启。",
        "check_unknown": "请查看余额和控制台的任务列表：如果任务在列，则已扣费。",
    },
    "shape": {
        "sound_true": "有声",
        "sound_false": "无声",
        "images_1": "1 张图片",
        "images": "{n} 张图片",
        "videos_1": "1 个视频",
        "videos": "{n} 个视频",
        "audios_1": "1 段音频",
        "audios": "{n} 段音频",
    },
    "exchange": {
        "submit": "提交",
        "poll": "查询状态",
        "upload": "上传",
        "webhook": "Webhook",
    },
    "timeline": {
        "checked": "检查 · 已通过，并在发送前记录",
        "downloaded": "下载 · 由浏览器完成",
        "no_answer": "没有响应",
        "repeats": "另有 {n} 个相同的响应",
        "no_response": "没有收到响应。",
    },
}
