"""The text of a mandate (中介合同, 民法典 961–966), written from its record.

The wording is data with a version and a day from which it holds: what was agreed under an older
wording keeps it, since the text is stored with its hash.
"""

import hashlib
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from marketplace.brokerage.rulebook.commission import (
    WHOLE,
    ContractForm,
    DueOn,
    FeeKind,
    Payer,
    Terms,
)
from marketplace.kernel.clock import day_of
from marketplace.kernel.money import FEN_PER_YUAN


@dataclass(frozen=True)
class Wording:
    """One version of our wording: `articles` are paragraphs with `{names}` that `mandate_text` fills."""

    version: str
    since: date
    articles: tuple[str, ...]


WORDINGS = (
    Wording(
        "2026-1",
        date(2026, 1, 1),
        (
            "技术中介委托（{form}）",
            "委托方：{client}\n技术经纪人：{broker}",
            "第一条　委托事项。委托方就{scope}，委托技术经纪人报告订立合同的机会，或者提供订立合同的媒介服务（民法典第九百六十一条）。",
            "第二条　期限与方式。委托自 {starts}起至 {ends}止。{exclusive}",
            "第三条　如实报告。技术经纪人就订立合同的有关事项向委托方如实报告；故意隐瞒重要事实或者提供虚假情况、损害委托方利益的，不得请求支付报酬，并承担赔偿责任（民法典第九百六十二条）。",
            "第四条　报酬。促成合同成立的，{fee}{payer}{due}技术经纪人促成合同成立的，中介活动的费用由其自行负担（民法典第九百六十三条）。",
            "第五条　未促成时的费用。{expenses}",
            "第六条　绕开中介。委托方接受服务后，利用技术经纪人提供的交易机会或者媒介服务，绕开技术经纪人直接订立合同的，仍应支付报酬（民法典第九百六十五条）。对每一次对接记录，保护期为{protection}。",
            "第七条　保密。双方对在委托中知悉的商业秘密和个人信息保密，委托终止后继续有效。",
            "第八条　变更与解除。变更须经双方在线确认，形成新的版本；任何一方解除委托应说明理由。解除前形成的对接记录，保护期不受影响。",
            "第九条　其他约定。{note}",
            "本委托由双方在平台上在线确认。在线确认不等同于电子签名法第十三条所称的可靠电子签名；需要盖章文本的，可以另行盖章后上传存档。",
        ),
    ),
)


def wording_at(at: datetime) -> Wording:
    """The wording that holds at an instant."""
    day = day_of(at)
    return next((one for one in reversed(WORDINGS) if one.since <= day), WORDINGS[0])


def mandate_text(
    wording: Wording,
    terms: Terms,
    *,
    client: str,
    broker: str,
    scope: str,
    starts_at: datetime,
    ends_at: datetime,
) -> str:
    """The whole text. `ends_at` is the first instant after the last day."""
    last = day_of(ends_at - timedelta(microseconds=1))
    filled = {
        "form": "两方" if terms.form == ContractForm.TWO else "三方",
        "client": client,
        "broker": broker,
        "scope": scope,
        "starts": _day(day_of(starts_at)),
        "ends": _day(last),
        "exclusive": _exclusive(terms),
        "fee": _fee(terms),
        "payer": _payer(terms),
        "due": _due(terms),
        "expenses": _expenses(terms),
        "protection": f"自对接登记之日的次日起 {terms.protection_days} 天"
        if terms.protection_days
        else "不设",
        "note": terms.note or "无。",
    }
    return "\n\n".join(article.format(**filled) for article in wording.articles)


def hash_of(text: str) -> str:
    """The SHA-256 of a text, as it is shown beside it."""
    return hashlib.sha256(text.encode()).hexdigest()


def percent(bp: int) -> str:
    """Basis points in words: 350 is 3.5%."""
    whole, rest = divmod(bp, 100)
    return f"{whole}.{rest:02d}".rstrip("0").rstrip(".") + "%"


def yuan(fen: int) -> str:
    """Fen as yuan with two decimals, grouped: exact, for the text of a contract."""
    whole, rest = divmod(fen, FEN_PER_YUAN)
    return f"{whole:,}.{rest:02d} 元"


def _day(day: date) -> str:
    return f"{day.year} 年 {day.month} 月 {day.day} 日"


def _exclusive(terms: Terms) -> str:
    if terms.exclusive:
        return "本委托为独家委托：期限内委托方不就同一事项另行委托其他技术经纪人。"
    return "本委托为非独家委托。"


def _fee(terms: Terms) -> str:
    if terms.fee_kind == FeeKind.SUM:
        return f"报酬为固定金额 {yuan(terms.sum_fen or 0)}。"
    limits = [
        *([f"不低于 {yuan(terms.floor_fen)}"] if terms.floor_fen is not None else []),
        *([f"不高于 {yuan(terms.cap_fen)}"] if terms.cap_fen is not None else []),
    ]
    text = f"报酬为所订立合同金额的 {percent(terms.rate_bp or 0)}，四舍五入到分"
    return f"{text}，{'，'.join(limits)}。" if limits else f"{text}。"


def _payer(terms: Terms) -> str:
    if terms.payer == Payer.BOTH:
        return (
            f"报酬由双方分担，委托方承担 {percent(terms.client_share_bp)}，"
            f"对方承担 {percent(WHOLE - terms.client_share_bp)}。"
        )
    return "报酬由委托方支付。" if terms.payer == Payer.CLIENT else "报酬由对方支付。"


def _due(terms: Terms) -> str:
    after = {
        DueOn.SIGNED: "合同成立后",
        DueOn.FIRST_PAYMENT: "首笔合同款到账后",
        DueOn.EACH_PAYMENT: "每笔合同款到账后按比例，",
    }[DueOn(terms.due_on)]
    return f"{after} {terms.due_days} 天内支付。"


def _expenses(terms: Terms) -> str:
    if terms.expenses_fen is None:
        return "未促成合同成立的，技术经纪人不得请求支付报酬，双方没有约定必要费用。"
    return (
        "未促成合同成立的，技术经纪人不得请求支付报酬；可以按照约定请求支付从事中介活动支出的必要费用，"
        f"凭据结算，最高 {yuan(terms.expenses_fen)}（民法典第九百六十四条）。"
    )
