"""Rules: the sentence of each, with the value and the limit."""

from __future__ import annotations

from collections.abc import Mapping

SECTIONS: Mapping[str, Mapping[str, str]] = {
    "rule": {
        "required": "{label}为空；此项必填。",
        "too_long": "{label}有 {value} 个字符，上限为 {limit} 个。",
        "broken_character": "{label}中有残缺字符（孤立的代理项）；请删除后重新输入。",
        "not_text": "{label}必须是文本。",
        "too_many": "{label}有 {value} 个链接，上限为 {limit} 个。",
        "not_links": "{label}必须是链接，每行一个。",
        "link_blank": "{item} 的链接中有空格或不可见字符：{value}",
        "link_too_long": "{item} 的链接有 {value} 个字符，没有服务器能读取超过 {limit} 个字符的链接。",
        "link_scheme": "{item} 必须以 https:// 或 http:// 开头，当前为：{value}",
        "link_shape": "{item} 的链接不完整（域名或端口有误）：{value}",
        "audio_alone": "音频需搭配图片或视频使用。",
        "clip_short": "{item} 时长为 {value} 秒，最短为 {limit} 秒。",
        "clip_long": "{item} 时长为 {value} 秒，最长为 {limit} 秒。",
        "clips_total": "{label}总时长为 {value} 秒，上限为 {limit} 秒：请缩短{longest}（{longest_s} 秒）。",
        "choice": "{label}的值为 {value}；请从以下选项中选择：{limit}。",
        "not_integer": "{label}必须是由数字 0 到 9 组成的整数，当前为：{value}",
        "out_of_range": "{label}的值为 {value}，必须在 {minimum} 到 {maximum} 之间。",
        "unknown_field": "{value} 不是此请求的字段。",
        "link_twice": "{item} 与{value} 的链接相同。",
        "link_long": "{item} 的链接有 {value} 个字符，部分服务器最多支持 {limit} 个。",
        "link_credentials": "{item} 的链接中带有用户名或密码，服务会看到它们。",
        "link_host": "{item} 的域名含有非 ASCII 字符；如被拒绝，请改用 xn-- 形式。",
        "many_references": "参考素材共 {value} 个，官方客户端的上限为 {limit} 个。",
        "no_reference": "没有图片也没有视频；官方客户端要求至少有一个。",
        "nothing_to_show": "既没有提示词，也没有参考素材：服务没有可依据的内容。",
        "not_measured": "无法检测{label}的时长：每段需为 {minimum} 到 {maximum} 秒，合计不超过 {limit} 秒。",
        "upload_gone": "{item} 已不在此服务器上，请重新添加文件。",
        "wrong_kind": "{item} 属于{value}，请放到对应位置。",
        "local_host": "{item} 位于本机，WeryAI 无法访问。",
        "mention_missing": "提示词提到了{item}，但没有对应的参考素材。",
        "mention_gone": "提示词中仍有已移除素材的占位：请查找“?”。",
        "never_named": "提示词没有提到{item}。",
        "image_pixels": "{item} 为 {value} 像素，其他服务商要求每边 {minimum} 到 {maximum} 像素。",
        "image_aspect": "{item} 的宽高比为 {value}，其他服务商要求在 {minimum} 到 {maximum} 之间。",
        "video_pixels": "{item} 每帧为 {value} 像素，其他服务商要求 {minimum} 到 {maximum} 像素。",
        "videos_size": "视频合计 {value} MB，其他服务商的上限为 {limit} MB。",
        "webhook_http": "Webhook URL 使用 http：结果将不加密传输。",
        "webhook_sandbox": "沙盒只回调本应用自己的 Webhook，不会回调所填的 Webhook URL。",
    },
}
