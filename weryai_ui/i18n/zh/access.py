"""Who may spend what: refusals, keys, budgets and what is left of them."""

from __future__ import annotations

from collections.abc import Mapping

SECTIONS: Mapping[str, Mapping[str, str]] = {
    "allowance": {
        "day": "24 小时内还可提交 {left} 个任务（共 {limit} 个）",
        "hour": "本小时还可提交 {left} 个任务（共 {limit} 个）",
        "at-once": "还可同时运行 {left} 个任务（共 {limit} 个）",
        "opens": "，{time} UTC 恢复",
    },
    "access": {
        "no_sandbox": "此服务器已关闭沙盒。",
        "wrong_code": "访问码未被接受，未发送任何请求。请 {seconds} 秒后重试。",
        "no_owner_key": "此服务器没有自己的密钥：请使用沙盒或自己的密钥。",
        "closed": "所有者的密钥不对此页面的访客开放：请使用沙盒或自己的密钥。",
        "needs_code": "使用所有者的密钥需要访问码；沙盒和自己的密钥则不需要。",
        "named_only": "所有者的密钥仅供指定人员使用：请登录，或使用沙盒或自己的密钥。",
        "database_away": "应用的数据库未能写入发送前的记录，因此未发送任何请求，也未产生消费。请一分钟后重试。",
        "no_visitor": "此调用未注明访客，因此未发送任何请求。请提供访客令牌：32 至 128 个字母、数字、- 或 _，随机生成一次并在以后的调用中沿用；在 Python 中可用 secrets.token_urlsafe(32) 生成。",
        "wrong_key": "幂等键缺失或格式有误，因此未发送任何请求。请提供 8 至 64 个字母、数字、- 或 _，每次提交随机生成一个；在 Python 中可用 secrets.token_hex(16) 生成。",
        "database_silent": "应用自己的数据库暂时没有响应。已发送的请求仍在服务端继续，结果会保留；数据库恢复后本页会自动继续。",
        "no_room": "应用暂时无法保存请求的结果，因此没有发送，也没有产生费用。请一分钟后再试。",
        "key_used": "此次提交先前已发送，随后从历史记录中移除，因此这次未发送任何请求。新的提交需要新的幂等键；下次按“生成”时页面会自动生成。",
        "restarting": "应用正在启动或重启，因此什么都没有发送。输入的内容已保留，请稍后再试。",
        "went_wrong": "应用出错；可凭编号 {request_id} 在日志中查找。",
    },
    "key": {
        "empty": "API 密钥为空。",
        "too_long": "API 密钥超过 {limit} 个字符。",
        "blank": "API 密钥中有空格或换行，请重新复制。",
        "character": "API 密钥中有无效字符，请重新复制。",
        "only_prefix": "API 密钥在 sk- 之后没有内容，请重新复制。",
    },
    "budget": {
        "day": "所有者的密钥 24 小时内最多可提交 {limit}",
        "hour": "每小时最多可提交 {limit}",
        "at-once": "最多可同时运行 {limit}",
        "one_task": "1 个任务",
        "tasks": "{n} 个任务",
        "beyond": "{what}，本次需要 {wanted} 个。未发送任何请求。",
        "left": "{what}，还剩 {left} 个，本次需要 {wanted} 个。{opens}未发送任何请求。",
        "none_left": "{what}，现已用完。{opens}未发送任何请求。",
        "opens_at_end": "其中一个任务结束后恢复。",
        "opens_in": "{wait}后恢复（{clock} UTC）。",
        "minutes": "{minutes} 分钟",
        "hours": "{hours} 小时 {minutes} 分钟",
    },
}
