"""What the keyboard does, and the list of all commands."""

from __future__ import annotations

from collections.abc import Mapping

SECTIONS: Mapping[str, Mapping[str, str]] = {
    "keys": {
        "title": "键盘快捷键",
        "generate": "生成",
        "palette": "全部命令",
        "mention": "在提示词中引用素材",
        "move": "移动当前素材",
        "remove": "移除当前素材",
        "undo": "撤销对素材的上一次修改",
        "redo": "重做",
        "list": "显示此列表",
        "close": "关闭",
    },
    "palette": {
        "title": "全部命令",
        "placeholder": "输入想做的事",
        "none": "没有匹配的命令。",
        "send_to": "发送到：{what}",
        "example": "示例：{what}",
        "go_to": "前往：{what}",
        "result": "查看结果：{what}",
        "theme": "主题：{what}",
        "language": "语言：{what}",
    },
}
