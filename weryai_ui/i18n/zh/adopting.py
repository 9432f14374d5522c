"""A submission whose answer was lost: what became of it, and the id that a person found."""

from __future__ import annotations

from collections.abc import Mapping

BROWSER: Mapping[str, Mapping[str, str]] = {
    "adopting": {
        "look": "后来怎样了？",
        "charged": "是否已计费？",
        "history": "服务的调用记录",
        "listed": "此次提交之后，沙盒自己的列表中有：",
        "label": "我找到了任务 ID",
        "follow": "跟踪它",
    },
}

SECTIONS: Mapping[str, Mapping[str, str]] = {
    "adopt": {
        "followed": "从现在起会跟踪这个任务。",
        "no_id": "这不是任务 ID；没有任何改动。",
        "no_key": "请先填写密钥：应用要用发送请求的密钥向服务查询这个 ID。",
        "not_known": "用此密钥查询，服务不认识这个 ID；没有任何改动。",
        "no_answer": "服务没有说明这个 ID 是什么；没有任何改动。请稍后再试。",
        "taken": "这个任务已属于另一次提交；没有任何改动。",
        "settled": "此次提交的结果已经清楚；没有任何改动。",
        "balance_unknown": "余额未知。",
        "balance_now": "当前余额为 {now} 积分；此次提交之前的余额未知。",
        "balance_same": "余额为 {now} 积分，与此次提交之前相同。",
        "balance_fewer": "余额为 {now} 积分：比此次提交之前少 {n}。",
        "balance_more": "余额为 {now} 积分：比此次提交之前多 {n}。",
    },
}
