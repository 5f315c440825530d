"""What a receipt of a transfer says, in English and in Chinese.

The Chinese words are ours, and nobody confirmed them yet (mark M), but for those that stand in the texts which
`custody.report.papers.chinese` names (mark S): the seal, the check value, the case.
"""

from __future__ import annotations

from typing import Final

from custody.report.papers.paper import Label

HEADS: Final = (
    Label("Exhibit", "编号"), Label("What", "事项"), Label("When", "时间"), Label("From or to", "移交方或接收方"),
    Label("Check of the files", "完整性校验"), Label("Seal", "封条编号"),
    Label("Terms and reservations", "条件及保留"), Label("Signed by", "签名人"),
)  # fmt: skip
WAY_HEADS: Final = (
    Label("Exhibit", "编号"), Label("Item", "移交物"), Label("Carrier", "承运人"), Label("Waybill", "运单号"),
    Label("Not sealed because", "未封存原因"), Label("Medium kept at", "介质存放地点"), Label("Backup copy", "备份"),
    Label("Documents (SHA-256)", "文书（SHA-256）"),
)  # fmt: skip
WORDS: Final = {
    "accepted": Label("accepted", "已接收"),
    "accepted-with-reservations": Label("accepted with reservations", "附保留接收"),
    "refused": Label("refused", "已拒收"), "receipt": Label("receipt", "回执"), "lost": Label("lost", "遗失"),
    "recalled": Label("recalled", "已撤回"), "returned": Label("returned", "已退回"),
    "contested": Label("contested", "有争议"), "sent": Label("sent", "移交于"),
    "copy": Label("copy", "副本"), "copy-sent": Label("copy sent", "已移交副本"),
    "original": Label("original", "原件"), "original-sent": Label("original sent", "已移交原件"),
    "decided": Label("decided", "已决定"),
    "on-its-way": Label("on its way: no decision of the receiver is on record", "运送中：未记录接收方的决定"),
    "there": Label("there", "对方编号"), "parcel": Label("parcel", "包裹"),
    "reservations": Label("reservations", "保留"),
    "verdict": Label("verdict on the bundle", "文件包的验证结论"),
    "by-proof": Label("proven by their ledger", "数字证明"), "on-paper": Label("on paper", "纸质文书"),
    "by-key": Label("signed by an official", "数字签名"), "by-letter": Label("by letter", "电子函件"),
    "by-paper": Label("on paper", "纸质文书"),
    "issued": Label("issued", "签发于"), "until": Label("until", "有效期至"),
    "without-end": Label("without an end", "无期限"),
    "onward": Label("onward transfer", "向第三国转移"), "allowed": Label("allowed", "允许"),
    "forbidden": Label("forbidden", "禁止"), "with-consent": Label("only with a new consent", "须经同意"),
    "by": Label("by", "期限"), "before": Label("before it leaves", "移交前"),
    "same": Label("as registered", "与登记一致"), "not-same": Label("NOT as registered", "与登记不一致"),
    "intact": Label("intact", "完好"), "not-intact": Label("NOT intact", "不完好"),
    "confidentiality": Label("confidentiality", "保密"), "data-protection": Label("data-protection", "个人信息保护"),
    "destroy-after": Label("destroy-after", "用后销毁"), "no-death-penalty": Label("no-death-penalty", "不判处死刑"),
    "other": Label("other", "其他"), "reciprocity": Label("reciprocity", "互惠"), "return": Label("return", "归还"),
    "speciality": Label("speciality", "特定用途"), "use-limited": Label("use-limited", "限制使用"),
    "checkpoint-unknown": Label("checkpoint unknown", "检查点不明"),
    "content-incomplete": Label("content incomplete", "内容不完整"),
    "conditions-disputed": Label("conditions disputed", "条件有争议"), "encrypted": Label("encrypted", "已加密"),
    "entries-disputed": Label("entries disputed", "条目有争议"),
    "procedure-defects": Label("procedure defects", "程序瑕疵"), "seal-broken": Label("seal broken", "封条破损"),
    "timestamps-absent": Label("timestamps absent", "缺少时间戳"),
    "version-unknown": Label("version unknown", "版本不明"),
    "conditions-unacceptable": Label("conditions unacceptable", "不能接受条件"), "damaged": Label("damaged", "损坏"),
    "does-not-verify": Label("does not verify", "验证未通过"), "not-asked-for": Label("not asked for", "未曾请求"),
    "not-competent": Label("not competent", "无管辖权"), "wrong-exhibit": Label("wrong exhibit", "物证不符"),
}  # fmt: skip
"""By the word of records, or what a receipt says beside them."""
