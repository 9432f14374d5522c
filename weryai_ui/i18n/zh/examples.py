"""The examples: what each is called, and what to look for when the model makes it."""

from __future__ import annotations

from collections.abc import Mapping

SECTIONS: Mapping[str, Mapping[str, str]] = {
    "example": {
        "first-frame-lock.title": "锁定首帧",
        "first-frame-lock.look": "第一帧与图片完全一致；之后只有光线、雾气和水面在动。",
        "extend-a-clip.title": "延长视频",
        "extend-a-clip.look": "从视频的最后一帧接着演：同一只纸船、同样的海浪，衔接处没有跳变，故事继续往下走。",
        "motion-from-a-clip.title": "借用视频动作",
        "motion-from-a-clip.look": "小狐狸按视频里的节奏蹲、跳、空翻、鞠躬，样子始终是图片里的那只。",
        "replace-the-subject.title": "替换主体",
        "replace-the-subject.look": "蜗牛接替小汽车，颠簸和飞跃一个不少；背景原封不动。",
        "camera-path-from-a-clip.title": "借用运镜",
        "camera-path-from-a-clip.look": "镜头像视频里那样升起、环绕，拍到的却是图片里的小屋。",
        "image-1-to-image-2.title": "从图片 1 到图片 2",
        "image-1-to-image-2.look": "始于图片 1，止于图片 2；山、村庄和河流的位置始终不变。",
        "cuts-on-the-beat.title": "卡点剪辑",
        "cuts-on-the-beat.look": "每两拍换一个画面，每次切换都正好落在鼓点上，中间没有多余的剪切。",
        "voice-timbre.title": "借用音色",
        "voice-timbre.look": "狐狸说的是自己的台词，音色来自音频；哼唱的旋律不会出现。",
        "mascot-in-two-scenes.title": "同一角色，两个场景",
        "mascot-in-two-scenes.look": "厨房里和森林里是同一只狐狸：围巾、比例和面容都不走样。",
        "relight.title": "重新打光",
        "relight.look": "同一座小屋、同一个构图，夜色降临。一次生成两条，挑光线更好的那条。",
        "product-ad-9-16.title": "9:16 产品广告",
        "product-ad-9-16.look": "镜头环绕时，瓶子的外形、瓶盖和颜色始终一致；动的只有光影和果片。",
        "storyboard-in-one-go.title": "一张分镜，一次成片",
        "storyboard-in-one-go.look": "六个镜头按分镜顺序出现，每个都铺满画面，看不到格子和编号。",
    },
}
