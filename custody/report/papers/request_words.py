"""What a request for assistance says, in English and in Chinese, and in which order its statements stand.

The titles of its statements are those of `schemas/law/request-fields.json`. The Chinese words here are ours, and nobody
confirmed them yet (mark M), but for grounds that the judicial assistance law of the PRC (2018) art. 14 names (row C14).
"""

from __future__ import annotations

from typing import Final

from custody.report.papers.paper import Label
from schemas.details.request import FieldName

ORDER: Final[tuple[FieldName, ...]] = (
    "authority", "contact", "legal-basis", "nature", "cause", "persons", "facts", "offence", "applicable-law",
    "measure", "purpose", "connection", "data", "accounts", "period", "custodian", "holder", "place", "location",
    "asset", "ownership", "characteristics", "form", "quantity", "third-party-rights", "necessity", "urgency", "danger",
    "mla-intent", "deadline", "confidentiality", "language", "reciprocity", "translation", "legal-documents",
)  # fmt: skip
"""As article 13 of the judicial assistance law has it (row C13), and what others want beside it."""
KINDS: Final = {
    "emergency": Label("emergency disclosure", "紧急披露"),
    "mla": Label("mutual legal assistance", "刑事司法协助"),
    "preservation": Label("preservation of data", "数据保全"),
    "production": Label("production of data", "调取数据"),
    "voluntary": Label("voluntary disclosure", "自愿披露"),
}
OUTCOMES: Final = {
    "already-deleted": Label("the data are deleted already", "数据已删除"),
    "clarification-wanted": Label("clarification is wanted", "要求补充说明"),
    "conflict-of-law": Label("another law stands against it", "法律冲突"),
    "granted": Label("granted", "同意协助"),
    "granted-in-part": Label("granted in part", "部分同意"),
    "no-such-account": Label("there is no such account", "账号不存在"),
    "nothing-found": Label("nothing was found", "未发现相关数据"),
    "partial": Label("in part; more follows or is missing", "部分提供"),
    "postponed": Label("postponed", "推迟协助"),
    "preserved": Label("preserved", "已保全"),
    "refused": Label("refused", "拒绝协助"),
    "rolling": Label("data come as they are found", "分批提供"),
}
GROUNDS: Final = {
    "already-decided": Label("the same case was decided", "同一案件已作出生效裁判"),
    "already-pending": Label("the same case is pending", "同一案件正在办理"),
    "competence": Label("not competent", "无权办理"),
    "discrimination": Label("discrimination", "歧视性追诉"),
    "fundamental-rights": Label("fundamental rights", "违反基本权利"),
    "incomplete": Label("it lacks what it must state", "请求内容不完整"),
    "military": Label("a military offence", "军事犯罪"),
    "no-connection": Label("no substantive connection to the case", "与案件缺乏实质性联系"),
    "no-treaty": Label("neither treaty nor reciprocity", "无条约且无互惠"),
    "not-an-offence": Label("no offence under the law of the state asked", "不构成犯罪"),
    "other": Label("another ground", "其他理由"),
    "political": Label("a political offence", "政治犯罪"),
    "privilege": Label("immunity or privilege", "豁免或者特权"),
    "proportionality": Label("out of proportion", "不符合比例原则"),
    "public-order": Label("public order", "损害公共秩序"),
    "security": Label("security", "损害安全"),
    "sovereignty": Label("sovereignty", "损害主权"),
    "time-barred": Label("time-barred under the law of the state asked", "已过追诉时效"),
}
THREE: Final = {"no": Label("no", "否"), "not-stated": Label("not stated", "未说明"), "yes": Label("yes", "是")}
