"""The yearly filing form of technology transfer bodies: its fields, and where each value comes from.

The list follows the form that transfer bodies in Shandong hand in each year (省技术转移服务机构备案). The
filing is the province's: this form is filled in here and handed in there.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

TEXT, NUMBER, MONEY, DAY = "text", "number", "money", "day"


@dataclass(frozen=True)
class Item:
    """One line of the form.

    `shape` is one of TEXT, NUMBER (whole), MONEY (fen, shown in 万元), DAY. A typed line is kept with the
    year, the others are counted from the record. `needed` lines are named when they are empty. `firm`
    and `person` say in whose form the line stands.
    """

    name: str
    label: Any
    shape: str = TEXT
    typed: bool = False
    needed: bool = True
    firm: bool = True
    person: bool = False
    unit: Any = ""


ITEMS: tuple[Item, ...] = (
    # --- who
    Item("name", _("机构名称")),
    Item("person", _("姓名"), firm=False, person=True),
    Item("unit", _("所在单位"), firm=False, person=True, needed=False),
    Item("founded", _("成立日期"), DAY, typed=True),
    Item("legal_form", _("机构法人类型"), typed=True),
    Item("uscc", _("统一社会信用代码")),
    Item("kind", _("单位类型")),
    Item("head", _("负责人"), typed=True),
    Item("contact", _("联系人"), person=True),
    Item("phone", _("联系电话"), person=True),
    Item("address", _("地址")),
    Item("business", _("主营业务"), typed=True),
    Item("area", _("办公面积"), NUMBER, typed=True, unit=_("平方米")),
    Item("website", _("网站"), needed=False),
    Item("database", _("数据库"), typed=True, needed=False),
    # --- staff
    Item("staff", _("总人数"), NUMBER, typed=True, unit=_("人")),
    Item("masters", _("硕士及以上"), NUMBER, typed=True, unit=_("人")),
    Item("bachelors", _("本科"), NUMBER, typed=True, unit=_("人")),
    Item("colleges", _("专科"), NUMBER, typed=True, unit=_("人")),
    Item("seniors", _("高级职称"), NUMBER, typed=True, unit=_("人")),
    Item("middles", _("中级职称"), NUMBER, typed=True, unit=_("人")),
    Item("managers", _("技术经理人数量"), NUMBER, unit=_("人")),
    Item("managers_share", _("技术经理人占总人数比例"), needed=False),
    Item("full_time", _("专职从事技术转移人数"), NUMBER, typed=True, unit=_("人")),
    # --- results of the year
    Item("introductions", _("双方确认的对接"), NUMBER, person=True, needed=False, unit=_("次")),
    Item("intents", _("达成的合作意向"), NUMBER, person=True, needed=False, unit=_("项")),
    Item("contracts", _("促成登记的技术合同"), NUMBER, person=True, needed=False, unit=_("项")),
    Item("contract_sum", _("促成技术合同登记金额"), MONEY, person=True, needed=False),
    Item("turnover", _("其中技术交易额"), MONEY, person=True, needed=False),
    Item("deals", _("促成成果交易"), NUMBER, person=True, needed=False, unit=_("项")),
    Item("deal_sum", _("促成成果交易额"), MONEY, person=True, needed=False),
    Item("needs", _("征集企业需求"), NUMBER, person=True, needed=False, unit=_("项")),
    Item("hours", _("参加培训"), NUMBER, firm=False, person=True, needed=False, unit=_("学时")),
    Item("events", _("举办培训活动"), NUMBER, typed=True, person=True, unit=_("场")),
    # --- money
    Item("income", _("营业收入"), MONEY, typed=True),
    Item("income_before", _("上年度营业收入"), MONEY, typed=True, needed=False),
    Item("service_income", _("技术转移及服务收入"), MONEY, typed=True, person=True),
    Item("service_before", _("上年度技术转移及服务收入"), MONEY, typed=True, needed=False),
    Item("growth", _("技术转移及服务收入增长率"), needed=False),
    Item("state_funds", _("国家财政投入"), MONEY, typed=True),
    Item("local_funds", _("地方财政投入"), MONEY, typed=True),
    Item("own_funds", _("自筹投入"), MONEY, typed=True),
)

#: 技术转移机构的法人类型.
LEGAL_FORMS = (
    ("company", _("企业法人")),
    ("institution", _("事业法人")),
    ("association", _("社团法人")),
    ("inner", _("法人内设机构")),
)


def items_of(*, firm: bool) -> list[Item]:
    """The lines of the form of a firm, or of a single broker, in their order."""
    return [item for item in ITEMS if (item.firm if firm else item.person)]


def typed_items(*, firm: bool) -> list[Item]:
    """The lines that a person types."""
    return [item for item in items_of(firm=firm) if item.typed]


def missing_items(values: Mapping[str, Any], *, firm: bool) -> list[Item]:
    """The needed lines without a value. Zero is a value."""
    return [
        item
        for item in items_of(firm=firm)
        if item.needed and (values.get(item.name) is None or values.get(item.name) == "")
    ]


def share(part: int | None, whole: int | None) -> str:
    """A share in per cent with one decimal, rounded half up; "" when it cannot be said."""
    if part is None or not whole:
        return ""
    tenths = (part * 2000 + whole) // (2 * whole)
    return f"{tenths // 10}.{tenths % 10}%"


def growth(now: int | None, before: int | None) -> str:
    """The growth in per cent with one decimal, rounded half away from zero; "" without both."""
    if now is None or not before:
        return ""
    change = now - before
    tenths = (abs(change) * 2000 + before) // (2 * before)
    sign = "-" if change < 0 and tenths else ""
    return f"{sign}{tenths // 10}.{tenths % 10}%"
