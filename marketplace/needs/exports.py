"""The columns of an exported list of needs."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from marketplace.listings.exports import (
    COMMON,
    CONTACT,
    ListingColumn,
    address,
    as_is,
    as_lines,
    as_term,
    as_terms,
    as_wan,
    published_day,
    register_lists,
    sign_and_value,
)
from marketplace.needs.models import Need


def _owner(need: Any) -> str:
    """The owner, unless it asked not to be named."""
    return str(_("某企业（已认证）")) if need.hide_owner else need.owner.name


def _indicator(row: Any) -> list[Any]:
    must = _("必须满足") if row.must else _("可协商")
    sign, value = sign_and_value(row.comparator, row.target, row.target_high)
    return [row.name, row.current, sign, value, row.unit, row.method, must]


COLUMNS = (
    ListingColumn("code", _("编号"), as_is("code"), 20),
    ListingColumn("title", _("需求名称"), as_is("title"), 36),
    ListingColumn("kind", _("需求类型"), as_term("kind", "need_kind"), 14),
    ListingColumn("summary", _("公开简介"), as_is("summary"), 60),
    ListingColumn("problem", _("主要技术难点"), as_is("problem"), 60),
    ListingColumn("background", _("需求背景与现状"), as_is("background"), 40),
    ListingColumn("content", _("主要研究内容"), as_is("content"), 40),
    *COMMON,
    ListingColumn("indicators", _("技术指标"), as_lines("indicators", _indicator), 48),
    ListingColumn("cooperation", _("合作方式"), as_terms("cooperation", "cooperation"), 24),
    ListingColumn("trl_min", _("成果成熟度至少"), as_is("trl_min"), 12),
    ListingColumn("budget_min", _("预算下限（万元）"), as_wan("budget_min"), 14),
    ListingColumn("budget_max", _("预算上限（万元）"), as_wan("budget_max"), 14),
    ListingColumn("deadline", _("期望解决时限"), as_is("deadline"), 14),
    ListingColumn("ip_terms", _("知识产权归属意向"), as_is("ip_terms"), 24),
    ListingColumn("conditions", _("对解决方的要求"), as_is("conditions"), 40),
    ListingColumn("owner", _("发布单位"), _owner, 28),
    ListingColumn("status", _("状态"), lambda need: need.get_status_display(), 12),
    ListingColumn("published_at", _("发布日期"), published_day, 14),
    ListingColumn("valid_until", _("信息有效期至"), as_is("valid_until"), 14),
    ListingColumn("url", _("网址"), address("needs"), 40),
    *CONTACT,
)

register_lists(Need, _("技术需求"), COLUMNS, ("indicators",))
