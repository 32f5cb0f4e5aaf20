"""Rules about enquiries that need neither models nor a clock."""

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

#: The longest message, in characters.
MAX_TEXT = 4_000
OWNER, ASKER = "owner", "asker"
#: What is asked of everybody who writes for a hidden owner.
_ENDINGS = re.compile(r"(股份)?(有限|有限责任)?(公司|集团|中心|研究院|研究所|厂|合作社)$")
#: A shorter stem of a name is too common to be looked for.
_SHORTEST_STEM = 3


def other_side(side: str) -> str:
    """The side that a message of this side waits for."""
    return ASKER if side == OWNER else OWNER


def next_writer(status: str, last_side: str) -> str:
    """The side that should write next; "" when nobody has to."""
    return other_side(last_side) if status in {"open", "talking"} and last_side else ""


def names_in(texts: Iterable[str], names: Iterable[str]) -> list[str]:
    """Which of these names of an organisation stand in one of the texts, also without 有限公司 and the like.

    Blanks and capitals make no difference.
    """
    plain = ["".join(text.split()).casefold() for text in texts]
    found = []
    for name in names:
        whole = "".join(name.split()).casefold()
        stem = _ENDINGS.sub("", whole)
        wanted = {part for part in (whole, stem) if len(part) >= _SHORTEST_STEM}
        if any(part in text for part in wanted for text in plain):
            found.append(name)
    return found


# --- periods ----------------------------------------------------------------------------------
#: Working days until the silent side is reminded, and until the waiting side is told.
REMIND_AFTER, TELL_AFTER = 2, 5
#: Days after an answer or an introduction when both sides are asked whether they met.
MET_AFTER = timedelta(days=10)
#: How long a broker has for the asker's consent and for each sign of work, in days; how long a
#: lead that nobody takes stays open.
LEAD_DAYS, OPEN_LEAD_DAYS = 7, 60
#: From so many enquiries on an organisation's page shows how fast it answers.
FEWEST_FOR_MEDIAN = 5
#: Days for which the link that asks a firm to confirm is valid.
CONFIRM_DAYS = 30
#: Why a visitor's data are erased before their time (个人信息保护法第四十七条).
ERASING = {
    "withdrawn": _("访客撤回同意，或请求删除"),
    "needless": _("处理目的已实现，或不再必要"),
    "unlawful": _("信息被违法或违约收集、使用"),
}


# --- intents ----------------------------------------------------------------------------------
MAX_SUBJECT, MAX_MILESTONES = 1_000, 12
#: Contract kinds by which a result of a state-founded unit changes hands (促进科技成果转化法第十八条).
_HANDS_OVER = frozenset({"transfer", "license", "equity"})
_STATE_FOUNDED = frozenset({"university", "institute"})
NEGOTIATED = "negotiated"
#: Days of publicity of name and price (国发〔2016〕16号; 山东省促进科技成果转化条例第十四条).
PUBLICITY_DAYS = 15

#: What is checked before an intent, and the answers.
CHECKS: Mapping[str, Any] = {
    "ownership": _("权属清楚：专利、软著等的权利人与提供方一致，没有质押和纠纷"),
    "service_work": _("职务成果：属于职务成果的，权利归属和奖酬约定清楚"),
    "secrecy": _("保密：不涉及国家秘密；商业秘密的范围双方清楚"),
    "export": _("出口管制：不涉及禁止或限制出口的技术；涉及的已办手续"),
    "consent": _("单位同意：需要单位审批的事项已经批准或正在办理"),
}
CLEAR, PENDING, NOT_CONCERNED = "clear", "pending", "none"
CHECK_ANSWERS = ((CLEAR, _("已核对")), (PENDING, _("还在办理")), (NOT_CONCERNED, _("不涉及")))


@dataclass(frozen=True)
class Statement:
    """A version of the sentence that both sides confirm, in both languages."""

    version: str
    since: date
    chinese: str
    english: str

    @property
    def sha256(self) -> str:
        """The hash of the Chinese text, which counts."""
        return hashlib.sha256(self.chinese.encode()).hexdigest()


STATEMENTS = (
    Statement(
        "2026-1",
        date(2026, 11, 28),
        "本意向表明双方继续洽谈的愿望，不是合同，任何一方都可以不订立合同。下列两项对双方有约束力："
        "一、保密：双方对洽谈中知悉的商业秘密和应当保密的信息，不得泄露或者不正当使用，无论合同是否成立"
        "（《民法典》第五百零一条）；二、费用：双方各自承担自己的洽谈费用，另有书面约定的除外。"
        "双方通过平台在线确认，不代替合同的签署。",
        "This intent states that both parties wish to go on talking. It is no contract, and neither "
        "party has to conclude one. Two points bind both parties. Secrecy: business secrets and other "
        "information to be kept confidential that a party learns in the talks must not be disclosed or "
        "used improperly, whether or not a contract is concluded (Civil Code, article 501). Costs: each "
        "party bears its own costs of the talks, unless agreed otherwise in writing. Both parties confirm "
        "on line; this does not replace the signing of a contract.",
    ),
)


def statement_on(day: date) -> Statement:
    """The version that holds on a day."""
    held = [one for one in STATEMENTS if one.since <= day]
    return held[-1] if held else STATEMENTS[0]


def transferor_side(listing_kind: str) -> str:
    """The side that has the technology: whoever answers a need, else the owner of the listing."""
    return ASKER if listing_kind == "needs" else OWNER


def is_state_transfer(contract_kind: str, org_kind: str) -> bool:
    """Whether a result of a university or institute changes hands (促进科技成果转化法第十八条)."""
    return contract_kind in _HANDS_OVER and org_kind in _STATE_FOUNDED


def publicity_warning(pricing_mode: str, begins: date | None, ends: date | None) -> Any:
    """What is lacking in the publicity of a state-held transfer; "" when nothing is.

    Only a negotiated price must be made public in the unit. `ends` is exclusive.
    """
    if pricing_mode != NEGOTIATED:
        return ""
    if begins is None or ends is None:
        return _("协议定价的，应当在本单位公示成果名称和拟交易价格；还没有登记公示日期")
    if (ends - begins).days < PUBLICITY_DAYS:
        return _("公示期不足 15 天")
    return ""


def milestone_errors(rows: Sequence[Mapping[str, Any]], today: date) -> list[Any]:
    """What is wrong with milestones: their order in time and the sum of their shares."""
    found: list[Any] = []
    days = [row["due"] for row in rows if row.get("due")]
    if any(day < today for day in days):
        found.append(_("节点日期不能早于今天"))
    if days != sorted(days):
        found.append(_("节点请按日期先后填写"))
    shares = [row["share"] for row in rows if row.get("share") is not None]
    if any(not 0 <= share <= 100 for share in shares):
        found.append(_("付款比例应在 0 至 100 之间"))
    elif sum(shares) > 100:
        found.append(_("各节点付款比例之和不能超过 100%"))
    return found


# --- response times ---------------------------------------------------------------------------
def median(values: Sequence[int]) -> int:
    """The middle value, the lower one of two. Raises ValueError for none."""
    if not values:
        raise ValueError("no values")
    return sorted(values)[(len(values) - 1) // 2]
