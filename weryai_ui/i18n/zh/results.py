"""What one does with results: go on from one, choose several, compare them."""

from __future__ import annotations

from collections.abc import Mapping

BROWSER: Mapping[str, Mapping[str, str]] = {
    "going_on": {
        "do": "续拍",
        "says": "以这段视频的最后一帧作为下一段的首帧",
        "done": "表单已按该视频填好，它的最后一帧是下一段的首帧。没有提交任何内容。",
        "last": "续拍最后",
        "unit": "秒",
        "seconds": "用于续拍的秒数",
        "last_says": "以这段视频的结尾作为待延长的参考视频",
        "last_done": "表单已按该视频填好，它的最后 {seconds} 秒是待延长的参考视频。没有提交任何内容。",
    },
    "choosing": {
        "select": "选择",
        "selected": "已选 {n} 项",
        "all": "全选已显示的",
        "none": "取消选择",
        "star": "加星标",
        "unstar": "取消星标",
        "zip": "打包下载（zip）",
        "forget": "移除",
        "forget_asks": "从历史记录中移除这 {n} 项吗？WeryAI 上的内容不会被删除。",
        "forget_yes": "全部移除",
        "starred": "已加星标",
        "most": "一次最多 {most} 项",
        "bar": "对所选内容的操作",
    },
    "narrowing": {
        "all_models": "全部模型",
        "model": "模型",
        "all_places": "全部目标",
        "place": "发送到",
        "any_time": "任意时间",
        "when": "时间",
        "today": "今天",
        "week": "最近 7 天",
        "month": "最近 30 天",
        "between": "起止日期",
        "since": "从",
        "until": "到",
        "order": "排序",
        "newest": "最新在前",
        "oldest": "最早在前",
        "none": "没有符合条件的结果：{what}。",
        "clear": "清除筛选",
        "words": "“{words}”",
    },
    "titling": {
        "title": "标题",
        "hint": "自定义标题：可被搜索，也是分享时的默认标题",
    },
    "noting": {
        "note": "备注",
        "hint": "自己的备注：可被搜索，并包含在导出内容中",
    },
    "picking": {
        "pick": "选用",
        "picked": "已选用",
        "says": "为此结果加星标，并可写备注",
    },
    "wiping": {
        "do": "A/B 擦除对比",
        "says": "两段视频叠放，拖动分隔线对比",
        "divider": "A 与 B 的分隔线",
        "at": "A 占 {a}%，B 占 {b}%",
        "time": "两段视频的时间",
    },
    "comparing": {
        "do": "对比",
        "few": "请选择共有两到四段视频的结果。",
        "back": "后退一帧",
        "forward": "前进一帧",
        "step": "所有视频移动 1/24 秒",
        "differs": "请求的不同之处",
        "same": "请求完全相同。",
        "field": "字段",
        "marks": "下划线：第一条提示词中没有。删除线：仅第一条中有。",
    },
    "lineage": {
        "parent": "来源",
        "children": "后续",
    },
}
"""What the page says by itself."""

SECTIONS: Mapping[str, Mapping[str, str]] = {
    "continuing": {
        "not_yet": "这段视频尚未保存到这里，无法续拍。请稍后再试。",
        "gone": "这里没有这段视频的副本，无法续拍。",
        "no_room": "该请求的其他视频已占满时长（总计 15 秒），放不下这段视频的结尾。",
    },
    "several": {
        "compared": "可以对比 {least} 到 {most} 段已完成的视频。",
        "not_yours": "这些内容都已不在你的历史记录中。",
        "how_many": "一个 zip 最多包含 {most} 项。",
        "left_out": "有 {n} 段视频未保存在这里，因此不在 zip 中；其中的 JSON 文件里有链接。",
    },
}
