"""The closed words of records in Chinese, for forms of that language. What people typed stays as they typed it."""

from __future__ import annotations

from typing import Final

TERMS: Final = {
    # What was taken.
    "account": "账号", "audio": "音频", "chat": "聊天记录", "collectible": "数字藏品", "computer": "计算机",
    "copy": "副本", "database": "数据库", "derived": "由其他检材派生", "device": "设备", "directory": "文件夹",
    "document": "文档", "drive": "硬盘", "email": "电子邮件", "file": "文件", "image": "镜像", "log": "日志",
    "media": "存储介质", "other": "其他", "phone": "手机", "photo": "照片", "sim": "SIM卡", "symlink": "符号链接",
    "token": "令牌", "video": "视频", "wallet": "钱包", "web-capture": "网页固定",
    "asset": "虚拟财产", "data": "数据", "object": "实物",
    # How it came.
    "foreign-assistance": "境外协助取得", "found": "发现", "online-capture": "网络在线提取", "production": "调取",
    "seizure": "扣押", "voluntary": "自愿提供",
    # Who attested it, and how.
    "courier": "运送人", "expert": "专家", "interpreter": "翻译", "lawyer": "律师", "occupant": "占有人",
    "owner": "所有人", "provider": "提供人", "receiver": "接收人", "suspect": "犯罪嫌疑人", "victim": "被害人",
    "witness": "见证人",
    "absent": "不在场", "paper": "纸质签名", "recording": "录像", "refused": "拒绝签名", "stylus": "电子签名笔签名",
}  # fmt: skip
"""By the word that stands in records; these Chinese words are ours, and nobody confirmed them yet (mark M)."""
