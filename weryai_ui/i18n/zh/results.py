"""What one does with results: go on from one, choose several, compare them."""

from __future__ import annotations

from collections.abc import Mapping

BROWSER: Mapping[str, Mapping[str, str]] = {
    "going_on": {
        "do": "续拍",
        "says": "以这段视频的最后一帧作为下一段的首帧",
        "done": "表单已按该视频填好，它的最后一帧是下一段的首帧。没有提交任何内容。",
    },
}
"""What the page says by itself."""

SECTIONS: Mapping[str, Mapping[str, str]] = {
    "continuing": {
        "not_yet": "这段视频尚未保存到这里，无法取出最后一帧。请稍后再试。",
        "gone": "这里没有这段视频的副本，无法取出最后一帧。",
    },
}
