"""The draft of a technology contract: facts of a record become articles, tables and a page of signatures.

The texts are our own, for reference. What a record does not say yet is a blank line in the draft, and `missing`
names it. Articles rest on the Civil Code (民法典, in force since 2021-01-01), chapter 20 on technology contracts
(articles 843 to 887) and chapter 26 on intermediary contracts (961 to 966).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from marketplace.deals.rulebook.capitals import in_capitals
from marketplace.deals.rulebook.clauses import NAMES, Clause, clauses_of, law

#: Shown on the first page and in the footer of every page.
MARK = "示范文本，仅供参考"
#: Shown besides on the paper of a sample.
SAMPLE = "示例数据"
NOTE = (
    "本文本由系统根据合同记录生成，供双方起草时参考，不构成法律意见。双方应当按照实际情况修改、补充，"
    "以双方签署的文本为准。"
)
BLANK = "＿＿＿＿＿＿"
#: Rights that no office has given a number.
_WITHOUT_NUMBER = {"技术秘密", "未涉及"}
_HEAD = "\n法定代表人或者授权代表（签字）："


@dataclass(frozen=True)
class DraftParty:
    """A party as the contract names it. `share_bp`: share of its side in basis points, None when it is alone."""

    side: str
    name: str
    identity: str = ""
    is_person: bool = False
    legal_head: str = ""
    contact_name: str = ""
    contact_phone: str = ""
    share_bp: int | None = None


@dataclass(frozen=True)
class DraftAmount:
    """A deduction (`what` is its kind) or an instalment with the day on which it is due."""

    what: str
    amount_fen: int
    due_on: date | None = None
    note: str = ""


@dataclass(frozen=True)
class DraftStep:
    """A milestone, with the day on which it is due."""

    what: str
    due_on: date | None = None


@dataclass(frozen=True)
class DraftIndicator:
    """An indicator of acceptance: what is measured, to which value, how."""

    name: str
    target: str
    unit: str = ""
    method: str = ""


@dataclass(frozen=True)
class DraftFacts:
    """Everything that a draft says. Amounts in fen; `ends_on` is the last day, inclusive as on paper.

    `kind` is KF, ZR, XK, ZX or FW, or FW-Z for an intermediary contract and FW-P for training.
    """

    code: str
    title: str
    kind: str
    type_name: str = ""
    is_joint: bool = False
    parties: tuple[DraftParty, ...] = ()
    amount_total_fen: int | None = None
    amount_technical_fen: int | None = None
    is_estimate: bool = False
    currency: str = "CNY"
    foreign_text: str = ""
    payment_mode: str = ""
    payment_name: str = ""
    entry_fee_fen: int | None = None
    royalty_text: str = ""
    deposit_text: str = ""
    deductions: tuple[DraftAmount, ...] = ()
    instalments: tuple[DraftAmount, ...] = ()
    milestones: tuple[DraftStep, ...] = ()
    starts_on: date | None = None
    ends_on: date | None = None
    place: str = ""
    subject: str = ""
    indicators: tuple[DraftIndicator, ...] = ()
    ip_names: tuple[str, ...] = ()
    ip_numbers: str = ""
    is_sample: bool = False


@dataclass(frozen=True)
class Heading:
    """The heading of an article."""

    text: str


@dataclass(frozen=True)
class Text:
    """A paragraph; `is_note` prints it small, such as the law an article rests on."""

    text: str
    is_note: bool = False


@dataclass(frozen=True)
class Table:
    """A table with a header. `money` are the columns that are set right, `widths` percents of the page.

    The rows of a `tall` table leave room for seals.
    """

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    widths: tuple[int, ...]
    money: tuple[int, ...] = ()
    tall: bool = False


Block = Heading | Text | Table


@dataclass(frozen=True)
class Draft:
    """A draft: its title, what stands under it and in the footer, and the body in the order of the paper."""

    title: str
    code: str
    mark: str
    blocks: tuple[Block, ...]


def draft_of(facts: DraftFacts, *, final: int | None = None) -> Draft:
    """Return the draft of a contract, or its final text number `final`, which is no longer for reference.

    Pure: the same facts give the same text.
    """
    names = NAMES[facts.kind]
    title = f"{names.title}（{facts.type_name}）" if facts.type_name else names.title
    mark = MARK if final is None else f"第 {final} 稿"
    notes = (Text(NOTE, is_note=True),) if final is None else ()
    if facts.is_sample:
        mark = f"{SAMPLE}　{mark}"
    return Draft(title, facts.code, mark, (*notes, *_blocks(facts)))


def missing(facts: DraftFacts) -> tuple[str, ...]:
    """Name what a draft leaves blank, in the order of the paper."""
    sides = {party.side for party in facts.parties}
    names = NAMES[facts.kind]
    checks = (
        ("项目名称", facts.title),
        (names.buyer, "buyer" in sides),
        (names.seller, "seller" in sides),
        ("标的内容", facts.subject),
        ("验收标准", facts.indicators),
        ("合同起止日期", facts.starts_on and facts.ends_on),
        ("履行地点", facts.place),
        ("合同金额", facts.amount_total_fen is not None),
        ("支付方式", facts.payment_mode),
    )
    return tuple(what for what, given in checks if not given)


def yuan(fen: int) -> str:
    """Figures of an amount in yuan with two decimals: 860,000.00."""
    return f"{Decimal(fen) / 100:,.2f}"


def day(value: date | None) -> str:
    """A day as a contract writes it, or a blank."""
    return f"{value.year}年{value.month}月{value.day}日" if value else BLANK


def _blocks(facts: DraftFacts) -> Iterator[Block]:
    yield Text(f"项目名称：{facts.title or BLANK}")
    yield _parties(facts)
    yield Text(_preamble(facts))
    for number, (heading, blocks) in enumerate(_articles(facts), 1):
        yield Heading(f"第{_numeral(number)}条　{heading}")
        yield from blocks
    yield Text("（以下无正文，为签署页）", is_note=True)
    yield _signatures(facts)


def _articles(facts: DraftFacts) -> Iterator[tuple[str, list[Block]]]:
    names = NAMES[facts.kind]
    yield names.subject, [Text(part) for part in facts.subject.splitlines() or [BLANK] if part]
    yield "技术指标与验收标准", _acceptance(facts)
    yield "履行期限、地点和进度", list(_performance(facts))
    yield "价款、报酬和支付方式", list(_price(facts))
    has_broker = any(party.side == "broker" for party in facts.parties)
    for clause in clauses_of(facts.kind, joint=facts.is_joint, has_broker=has_broker):
        yield clause.heading, _clause(clause, facts)


def _performance(facts: DraftFacts) -> Iterator[Block]:
    yield Text(f"本合同履行期限自{day(facts.starts_on)}起至{day(facts.ends_on)}止（含当日）。")
    yield Text(f"履行地点：{facts.place or BLANK}。")
    if facts.milestones:
        rows = [
            (str(number), one.what, day(one.due_on) if one.due_on else "—")
            for number, one in enumerate(facts.milestones, 1)
        ]
        yield Text("履行进度：")
        yield Table(("序号", "节点", "完成日期"), tuple(rows), (10, 62, 28))


def _parties(facts: DraftFacts) -> Table:
    names = NAMES[facts.kind]
    rows: list[tuple[str, ...]] = []
    for side, label in (
        ("buyer", f"甲方（{names.buyer}）"),
        ("seller", f"乙方（{names.seller}）"),
        ("broker", "中介方"),
    ):
        found = [party for party in facts.parties if party.side == side]
        if not found and side != "broker":
            rows.append((label, BLANK, BLANK, BLANK, BLANK))
        for party in found:
            share = f"（份额{_percent(party.share_bp)}）" if party.share_bp is not None else ""
            contact = " ".join(part for part in (party.contact_name, party.contact_phone) if part)
            identity = _identity(party)
            # The line of the signature is filled in by hand; a blank here would be one of the text.
            head = ("" if party.is_person else party.legal_head) or "—"
            rows.append((label, party.name + share, identity, head, contact or "—"))
    header = ("当事人", "名称", "统一社会信用代码", "法定代表人", "联系人")
    return Table(header, tuple(rows), (15, 21, 31, 16, 17))


def _identity(party: DraftParty) -> str:
    """The code of a party. The platform keeps no number of a person: sellers and buyers write it on the paper."""
    if not party.is_person:
        return party.identity or BLANK
    return "自然人" if party.side == "broker" else f"自然人，证件号码：{BLANK}"


def _preamble(facts: DraftFacts) -> str:
    names = NAMES[facts.kind]
    who = "双方" if len(facts.parties) <= 2 else "各方"
    return (
        f"{who}经平等协商，在真实、充分地表达各自意愿的基础上，根据《中华人民共和国民法典》，就{names.act}"
        "达成如下协议，共同遵守。"
    )


def _acceptance(facts: DraftFacts) -> list[Block]:
    if not facts.indicators:
        return [Text(f"验收标准：{BLANK}。")]
    rows = tuple(
        (str(number), one.name, _measured(one), one.method or "双方约定的方法")
        for number, one in enumerate(facts.indicators, 1)
    )
    return [
        Text("交付的成果应当达到下列指标，全部达到的为验收合格："),
        Table(("序号", "指标", "要求", "检验方法"), rows, (10, 26, 24, 40)),
        Text(
            "乙方交付后，甲方应当在十五日内组织验收，并出具书面验收意见；未达到指标的，乙方应当在双方约定的期限内"
            "改进并再次提交验收。"
        ),
        Text(f"（{law(511, 582)}）", is_note=True),
    ]


def _measured(indicator: DraftIndicator) -> str:
    """The value with its unit: a space between them, as for all units but per cent and degrees."""
    gap = "" if indicator.unit[:1] in {"", "%", "％", "‰", "°"} else " "
    return f"{indicator.target}{gap}{indicator.unit}"


def _price(facts: DraftFacts) -> Iterator[Block]:
    yield Text(_total(facts))
    if facts.foreign_text:
        yield Text(facts.foreign_text)
    if facts.deductions:
        yield Text("上述金额中的非技术性费用：")
        deducted = [(one.what, yuan(one.amount_fen), one.note or "—") for one in facts.deductions]
        deducted.append(("合计", yuan(sum(one.amount_fen for one in facts.deductions)), "—"))
        yield Table(("项目", "金额（元）", "说明"), tuple(deducted), (30, 25, 45), money=(1,))
    if facts.amount_technical_fen is not None:
        yield Text(
            f"其中技术交易额：人民币{in_capitals(facts.amount_technical_fen)}（¥{yuan(facts.amount_technical_fen)}）。"
        )
    yield Text(f"支付方式：{facts.payment_name or BLANK}。")
    if facts.entry_fee_fen is not None and facts.payment_mode == "royalty_entry":
        yield Text(
            f"入门费：人民币{in_capitals(facts.entry_fee_fen)}（¥{yuan(facts.entry_fee_fen)}）。"
        )
    if facts.royalty_text:
        yield Text(
            f"提成：{facts.royalty_text}。甲方应当按约定提供与提成有关的会计账目，供乙方查阅。"
        )
    if facts.instalments:
        rows = [
            (
                str(number),
                one.what,
                day(one.due_on) if one.due_on else "—",
                yuan(one.amount_fen),
                in_capitals(one.amount_fen),
            )
            for number, one in enumerate(facts.instalments, 1)
        ]
        total = sum(one.amount_fen for one in facts.instalments)
        rows.append(("合计", "", "", yuan(total), in_capitals(total)))
        header = ("期次", "条件", "日期", "金额（元）", "大写")
        yield Table(header, tuple(rows), (9, 27, 20, 20, 24), money=(3,))
    if facts.deposit_text:
        yield Text(f"定金、保证金：{facts.deposit_text.rstrip('。')}。")
    yield Text(
        "上述金额（□ 含增值税　□ 不含增值税）；乙方应当依法向甲方开具发票。收款账户由乙方书面告知甲方，变更的应当加盖公章通知。"
    )
    yield Text(f"（{law(846)}）", is_note=True)


def _total(facts: DraftFacts) -> str:
    if facts.amount_total_fen is None:
        return f"合同总金额：{BLANK}。"
    estimate = "（按约定计算，暂估）" if facts.is_estimate else ""
    amount = f"人民币{in_capitals(facts.amount_total_fen)}（¥{yuan(facts.amount_total_fen)}）"
    return f"合同总金额{estimate}：{amount}。"


def _clause(clause: Clause, facts: DraftFacts) -> list[Block]:
    rights = "、".join(facts.ip_names) or BLANK
    if facts.ip_numbers or not set(facts.ip_names) <= _WITHOUT_NUMBER:
        numbers = f"；权利号：{facts.ip_numbers or BLANK}"
    else:
        numbers = ""
    texts = [
        text.replace("{rights}", rights).replace("；权利号：{numbers}", numbers)
        for text in clause.texts
    ]
    note = [Text(f"（{law(*clause.articles)}）", is_note=True)] if clause.articles else []
    return [*(Text(text) for text in texts), *note]


def _signatures(facts: DraftFacts) -> Table:
    names = NAMES[facts.kind]
    labels = {
        "buyer": f"甲方（{names.buyer}）",
        "seller": f"乙方（{names.seller}）",
        "broker": "中介方",
    }
    signers = [
        (labels[side], party.name, party.is_person)
        for side in labels
        for party in facts.parties
        if party.side == side
    ] or [(labels[side], BLANK, False) for side in ("buyer", "seller")]
    # Role, name and seal stand on one line: so people and the pre-check see whose seal belongs there.
    rows = [
        (
            f"{label}：{name}（{'签章' if is_person else '盖章'}）" + ("" if is_person else _HEAD),
            "　　年　月　日",
        )
        for label, name, is_person in signers
    ]
    return Table(("当事人签章", "日期"), tuple(rows), (74, 26), tall=True)


def _percent(basis_points: int | None) -> str:
    return f"{Decimal(basis_points or 0) / 100:f}%"


def _numeral(number: int) -> str:
    digits = "零一二三四五六七八九"
    tens, ones = divmod(number, 10)
    head = "" if tens == 0 else "十" if tens == 1 else f"{digits[tens]}十"
    return head + (digits[ones] if ones or not tens else "")
