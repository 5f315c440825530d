"""The closed words of records in Chinese, for forms of that language. What people typed stays as they typed it."""

from __future__ import annotations

from typing import Final

_OF_THE_LAW: Final = {
    # What was taken.
    "account": "账号", "data": "电子数据", "document": "文档", "email": "电子邮件", "media": "存储介质",
    # How it came.
    "online-capture": "网络在线提取", "production": "调取", "seizure": "扣押",
    # Who attested it, and how.
    "expert": "有专门知识的人", "interpreter": "翻译人员", "lawyer": "律师", "occupant": "持有人", "owner": "所有人",
    "provider": "提供人", "suspect": "犯罪嫌疑人", "victim": "被害人", "witness": "见证人",
    "key": "数字签名", "recording": "录像", "refused": "拒绝签名",
}  # fmt: skip
"""Words that stand so in Chinese texts that were read: the Criminal Procedure Law (2018), the Supreme People's Court's
interpretation of it (2021, art. 77 to 80, 110 to 113), the rules of the Supreme People's Procuratorate (2019), the
Provisions of 2016 on electronic data (art. 1 to 4, 11 to 15), and the headings of the police rules of 2019 on it.
They were read in public collections, so at second hand (mark S). Whom records call the occupant, those texts call the
holder.
"""
_OURS: Final = {
    "audio": "音频", "chat": "聊天记录", "collectible": "数字藏品", "computer": "计算机", "copy": "副本",
    "database": "数据库", "derived": "由其他检材派生", "device": "设备", "directory": "文件夹", "drive": "硬盘",
    "file": "文件", "image": "镜像", "log": "日志", "other": "其他", "phone": "手机", "photo": "照片",
    "sim": "SIM卡", "symlink": "符号链接", "token": "令牌", "video": "视频", "wallet": "钱包",
    "web-capture": "网页固定", "asset": "虚拟财产", "object": "实物",
    "foreign-assistance": "来自境外，通过协助取得", "found": "发现", "voluntary": "自愿提供",
    "courier": "运送人", "receiver": "接收人",
    "driving-licence": "驾驶证", "identity-card": "居民身份证", "passport": "护照", "residence-permit": "居留证件",
    "service-card": "工作证",
    "airplane-mode": "飞行模式", "faraday": "屏蔽袋", "network-unplugged": "断开网线", "none": "未隔离",
    "radio-off": "关闭无线信号", "sim-removed": "取出SIM卡",
    "off": "关机", "on": "开机", "standby": "待机", "unknown": "不明",
    "apostille": "附加证明书", "certified-copy": "经核对的副本", "consular-authentication": "使领馆认证",
    "ministry-authentication": "外交主管机关认证", "notarisation": "公证书", "translation": "译文",
    "treaty-channel": "条约途径",
    "invalid": "验证不通过", "not-found": "未发现", "unverified": "未验证", "valid": "验证通过",
    "absent": "不在场", "paper": "纸质签名", "stylus": "电子签名笔签名",
    "contract": "智能合约", "custodial": "由服务商托管", "platform": "平台", "self-hosted": "自行保管",
}  # fmt: skip
"""Words that are ours, and that nobody confirmed yet (mark M)."""
TERMS: Final = _OF_THE_LAW | _OURS
"""By the word that stands in records."""
