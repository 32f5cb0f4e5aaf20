"""Checks of amounts, deductions, payment and evidence of the price."""

import re

from django.utils.translation import gettext as _

from marketplace.kernel.money import format_listing as amount
from marketplace.registration.rulebook.case import Answer, Case, check
from marketplace.registration.rulebook.facts import ROYALTY_MODES
from marketplace.registration.rulebook.settings import PUBLICITY_DAYS, setting_on

_OPEN_PRICE = (
    r"(?:价款|报酬|费用|金额|使用费|服务费|价格|总价)[^。；\n]{0,12}(?:另行协商|另行约定|另议|面议|待定|以实际(?:发生|结算)为准|据实结算)",
    r"(?:另行协商|另行约定|面议|待定)[^。；\n]{0,6}(?:价款|报酬|费用|金额|价格)",
)
_GOODS = (
    r"(?:设备|仪器|零部件|原材料|材料|硬件|元器件)(?:购置|采购|购买)?(?:费|款|费用|价款)",
    r"(?<!必须)(?<!向乙方)(?<!向甲方)(?:购置|采购|购买|提供)[^，。；\n]{0,12}(?:设备|仪器|零部件|原材料|硬件)",
)
_SETS = re.compile(
    r"(?:成套设备|成套装置|试验装置|生产线|样机|整机|机组|设备)[^，。；\n]{0,8}?(\d{1,4})\s*(?:台|套|条)"
    r"|(\d{1,4})\s*(?:台|套|条)[^，。；\n]{0,8}?(?:成套设备|成套装置|试验装置|生产线|样机|整机|机组)"
)
#: Complete equipment and test rigs: 1–2 sets are a reasonable quantity of the subject matter.
REASONABLE_SETS = 2


@check("price_unclear")
def _price_unclear(case: Case) -> Answer:
    if case.facts.payment_mode in ROYALTY_MODES:
        return False
    if not case.facts.total:
        return _("没有填写成交额")
    return case.says(*_OPEN_PRICE)


@check("royalty_estimate")
def _royalty_estimate(case: Case) -> Answer:
    return case.facts.payment_mode in ROYALTY_MODES and (
        not case.facts.total or not case.facts.is_estimate
    )


@check("estimate_later")
def _estimate_later(case: Case) -> Answer:
    return case.facts.is_estimate and bool(case.facts.total)


@check("technical_missing")
def _technical_missing(case: Case) -> Answer:
    return bool(case.facts.total) and case.facts.technical is None


@check("technical_above_total")
def _technical_above_total(case: Case) -> Answer:
    facts = case.facts
    return facts.total is not None and facts.technical is not None and facts.technical > facts.total


@check("deductions_missing")
def _deductions_missing(case: Case) -> Answer:
    facts = case.facts
    if facts.total is None or facts.technical is None or facts.deductions:
        return False
    return (
        _("相差 %(amount)s") % {"amount": amount(facts.total - facts.technical)}
        if facts.technical < facts.total
        else False
    )


@check("deductions_off")
def _deductions_off(case: Case) -> Answer:
    facts = case.facts
    if facts.total is None or facts.technical is None or not facts.deductions:
        return False
    left = facts.total - sum(row.amount for row in facts.deductions)
    if left == facts.technical:
        return False
    return _("按扣除表应为 %(left)s，填报为 %(technical)s") % {
        "left": amount(left),
        "technical": amount(facts.technical),
    }


@check("equipment_not_deducted")
def _equipment_not_deducted(case: Case) -> Answer:
    return False if case.facts.deductions else case.says(*_GOODS)


@check("quantity_unreasonable")
def _quantity_unreasonable(case: Case) -> Answer:
    if case.facts.deductions:
        return False
    return [
        found[0]
        for found in _SETS.finditer(case.body)
        if int(found[1] or found[2]) > REASONABLE_SETS
    ]


@check("rate_missing")
def _rate_missing(case: Case) -> Answer:
    facts = case.facts
    return facts.currency != "CNY" and not (
        facts.rate and facts.rate_on and facts.foreign_amount is not None
    )


@check("payment_mode_missing")
def _payment_mode_missing(case: Case) -> Answer:
    return not case.facts.payment_mode


@check("instalments_off")
def _instalments_off(case: Case) -> Answer:
    facts = case.facts
    if not facts.instalments or facts.total is None or facts.payment_mode in ROYALTY_MODES:
        return False
    whole = sum(row.amount for row in facts.instalments)
    return _("各期合计 %(sum)s") % {"sum": amount(whole)} if whole != facts.total else False


@check("investment_missing")
def _investment_missing(case: Case) -> Answer:
    return case.is_kind("ZR") and (
        case.facts.new_investment is None or case.facts.new_output is None
    )


def _is_priced(case: Case) -> bool:
    return case.facts.is_state_held and (case.facts.is_equity or case.is_kind("ZR", "XK"))


#: 机关法人 and 事业法人 with their kinds (技术合同登记表, 性质).
_PUBLIC_BODIES = ("01", "02")


@check("state_held_unsaid")
def _state_held_unsaid(case: Case) -> Answer:
    """A public body sells, and the box is off that leads to the evidence of the price."""
    facts = case.facts
    if facts.is_state_held or not (facts.is_equity or case.is_kind("ZR", "XK")):
        return False
    return [row.name for row in facts.side("seller") if row.nature.startswith(_PUBLIC_BODIES)]


@check("price_evidence_missing")
def _price_evidence_missing(case: Case) -> Answer:
    return _is_priced(case) and not case.facts.price_evidence


@check("publicity_short")
def _publicity_short(case: Case) -> Answer:
    """Every agreed price needs its days, both ends included, and they are over before the signature."""
    if not _is_priced(case):
        return False
    least = setting_on(PUBLICITY_DAYS, case.facts.signed_on or case.today)
    found = []
    for row in case.facts.price_evidence:
        if row.route != "agreement":
            return False
        if row.starts_on is None or row.ends_on is None:
            found.append(_("没有填写公示起止日期"))
        elif least and (days := (row.ends_on - row.starts_on).days + 1) < least.value:
            found.append(_("公示了 %(days)d 天") % {"days": days})
        elif case.facts.signed_on and case.facts.signed_on <= row.ends_on:
            found.append(_("公示期满之前已经签订"))
        else:
            return False
    return found


@check("document_amount")
def _document_amount(case: Case) -> Answer:
    """The text names amounts, and the form's total is none of them; an amendment stands above the text."""
    reading, total = case.reading, case.facts.total
    if "amount_total_fen" in case.facts.amended:
        return False
    if reading is None or not total or case.facts.is_estimate or case.facts.currency != "CNY":
        return False
    named = reading.amounts | reading.capitals
    if not named or total in named:
        return False
    return _("填报 %(total)s，文本中有 %(named)s") % {
        "total": amount(total),
        "named": "、".join(amount(fen) for fen in sorted(named, reverse=True)[:4]),
    }


@check("document_amended")
def _document_amended(case: Case) -> Answer:
    """The amount is that of an amendment: its sealed text belongs to the papers."""
    return "amount_total_fen" in case.facts.amended


@check("document_capitals")
def _document_capitals(case: Case) -> Answer:
    if case.reading is None:
        return False
    return [
        _("小写 %(digits)s，大写 %(words)s") % {"digits": amount(one), "words": amount(other)}
        for one, other in case.reading.pairs
        if one != other
    ]
