"""Plans of several variants: the dialog that makes one, and where one stands."""

from __future__ import annotations

from collections.abc import Mapping

BROWSER: Mapping[str, Mapping[str, str]] = {
    "variations": {
        "open": "多个变体…",
        "hint": "把此表单的两到四个变体作为一个计划发送",
        "title": "多个变体",
        "varies": "变化的字段",
        "choose": "请选择两到四个取值。",
        "wording": "提示词 {number}",
        "add": "添加提示词",
        "send": "发送 {n} 个变体",
        "send_none": "发送",
        "sending": "正在检查…",
        "asks": "发送 {n} 个变体？",
        "passes": "通过全部检查",
        "one_by_one": "变体依次发送；遇到会重复出现的拒绝时，其余的不再发送。",
        "stop": "停止",
        "go_on": "继续",
        "remove": "关闭",
        "remove_asks": "关闭此计划？{n} 个未发送的变体将不会发送。",
    },
}
"""What the page says by itself."""

SECTIONS: Mapping[str, Mapping[str, str]] = {
    "plan": {
        "how_many": "一个计划包含同一字段的两到四个变体。",
        "same": "其中两个变体的请求相同。",
        "too_many": "已有三个未完成的计划。请等其中一个完成或将其关闭，然后再发送。",
        "paused": "应用曾中断一段时间。",
        "broke": "应用发送时出错。",
        "needs_key": "应用不再持有你的密钥。请在“发送到”下重新输入，然后点击“继续”。",
        "total_free": "{n} 个变体，沙盒免费。",
        "total": "{n} 个变体：共 {amount} 积分。",
        "total_about": "{n} 个变体：共约 {amount} 积分。",
        "total_unknown": "{n} 个变体，价格未知。",
        "credits": "{amount} 积分",
        "unpriced": "价格未知",
        "short": "剩余额度少于此计划所需：计划会中途停止。",
        "title": "多个变体：{what}",
        "sent": "已发送 {sent}/{all}",
        "ready": "已完成 {ready}/{all}",
        "by_you": "已由你停止。",
        "by_unknown": "已停止：无法确定最后一个是否送达，不会再次发送。",
        "by_refusal": "已停止：{cause}",
        "left": "{n} 个未发送。",
        "waiting": "未发送",
        "sending": "发送中",
        "refused": "被拒绝",
        "gone": "已移除",
        "wording": "提示词 {number}",
    },
}
