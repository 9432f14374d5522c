"""A history that moves to another browser."""

from __future__ import annotations

from collections.abc import Mapping

BROWSER: Mapping[str, Mapping[str, str]] = {
    "moving": {
        "move": "转移到另一个浏览器",
        "have": "我有转移码",
        "says": "在另一个浏览器中打开本页面，点击历史记录下方的“我有转移码”，然后输入：",
        "warns": "之后两个浏览器将显示同一份历史记录。请勿将转移码告诉他人：持有者可以查看你的历史记录，并使用你在此页面的额度。",
        "code": "转移码",
        "left": "剩余 {minutes}:{seconds}",
        "over": "此转移码已过期。",
        "again": "生成新的转移码",
        "close": "关闭",
        "have_says": "输入另一个浏览器中显示的转移码。那里的历史记录将在此打开，本浏览器已有的内容会并入其中；表单保持不变。",
        "have_warns": "仅使用你自己的转移码：生成者可以看到并入的全部内容。",
        "take": "接管历史记录",
        "wait": "本浏览器有一项提交仍在等待响应，请在收到响应后重试。",
        "taken": "两个浏览器的历史记录已合并到此处。",
    },
}
"""What the page says by itself."""

SECTIONS: Mapping[str, Mapping[str, str]] = {
    **BROWSER,
    "moves": {
        "wrong": "此转移码无效：可能输入有误、已被使用，或生成已超过十分钟。请在 {seconds} 秒后重试，或在另一个浏览器中生成新的转移码。",
        "own": "这是本浏览器自己的转移码，请在另一个浏览器中输入。",
        "too_many": "当前等待使用的转移码过多，请几分钟后重试。",
    },
}
