"""Why a film was not made: what happened, who acts, and the one next change."""

from __future__ import annotations

from collections.abc import Mapping

SECTIONS: Mapping[str, Mapping[str, str]] = {
    "happened": {
        "image_audit": "服务拒绝了一张参考图片：无论哪个模型，都会检查真实人脸和品牌。",
        "content": "提示词或生成的内容未通过服务的内容审核。",
        "copyright": "服务因版权原因拒绝：作品名、人名、歌曲或诗词。",
        "busy": "服务繁忙，或请求过于频繁。",
        "no_reason": "服务没有给出原因。",
        "credits": "账户积分不足。",
        "denied": "服务不接受此密钥，或不接受来自此地址的请求。",
        "limit": "账户已达到每日上限。",
        "model_gone": "服务已不再提供此模型。",
        "other": "服务未能生成视频。",
    },
    "acts": {
        "image_audit": "需由你处理：去掉该图片，或换成没有真实人脸和品牌的图片。",
        "content": "需由你处理：修改提示词或参考素材。",
        "copyright": "需由你处理：从提示词中去掉人名、歌词和诗句。",
        "busy": "无需操作：等待 {seconds} 秒后，原样再发送一次。",
        "no_reason": "需由你处理：同一请求再次发送往往会成功。",
        "credits": "需由账户所有者处理：充值后，原样再发送一次。",
        "denied": "需由密钥所有者处理：检查密钥、权限以及允许的地址。",
        "limit": "无需操作：请明天再试。",
        "model_gone": "需由你处理：选择其他模型。",
        "other": "需由你处理：修改提示词或参考素材后重试。",
        "with_sound": "需由你处理：去掉声音再生成一次通常有效；也可以修改提示词或参考素材。",
    },
    "change": {
        "remove_picture": "去掉图片 {number} 再次生成",
        "change_pictures": "更换图片",
        "change_prompt": "修改提示词",
        "without_sound": "去掉声音再次生成",
        "other_model": "用 {name} 再次生成",
        "same_again": "原样再次生成",
        "wait": "原样再次生成",
    },
}
