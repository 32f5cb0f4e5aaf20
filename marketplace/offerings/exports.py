"""The columns of an exported list of service offers."""

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
    as_yuan,
    published_day,
    register_lists,
)
from marketplace.offerings.forms import CHILDREN
from marketplace.offerings.models import Offering
from marketplace.taxonomy import queries as taxonomy


def _qualification(row: Any) -> list[Any]:
    return [taxonomy.label("qualification", row.scheme), row.number, row.scope, row.valid_until]


def _equipment(row: Any) -> list[Any]:
    return [row.name, row.model, row.quantity, row.capability]


COLUMNS = (
    ListingColumn("code", _("编号"), as_is("code"), 20),
    ListingColumn("title", _("服务名称"), as_is("title"), 36),
    ListingColumn("category", _("服务类别"), as_term("category", "service_category"), 14),
    ListingColumn("summary", _("公开简介"), as_is("summary"), 60),
    ListingColumn("description", _("服务内容"), as_is("description"), 60),
    ListingColumn("standards", _("依据的标准或方法"), as_is("standards"), 40),
    *COMMON,
    ListingColumn("price_mode", _("收费方式"), as_term("price_mode", "service_pricing"), 14),
    ListingColumn("price_min", _("价格下限（元）"), as_yuan("price_min"), 14),
    ListingColumn("price_max", _("价格上限（元）"), as_yuan("price_max"), 14),
    ListingColumn("price_note", _("收费说明"), as_is("price_note"), 30),
    ListingColumn("turnaround", _("完成天数"), as_is("turnaround"), 10),
    ListingColumn("regions", _("服务区域"), as_terms("regions", "service_region"), 24),
    ListingColumn("qualifications", _("资质"), as_lines("qualifications", _qualification), 40),
    ListingColumn("equipment", _("设备"), as_lines("equipment", _equipment), 40),
    ListingColumn("deliverables", _("交付成果"), as_is("deliverables"), 40),
    ListingColumn("client_provides", _("委托方需要提供"), as_is("client_provides"), 40),
    ListingColumn("cases", _("服务案例"), as_is("cases"), 40),
    ListingColumn("owner", _("服务单位"), lambda offering: offering.owner.name, 28),
    ListingColumn("status", _("状态"), lambda offering: offering.get_status_display(), 12),
    ListingColumn("published_at", _("发布日期"), published_day, 14),
    ListingColumn("valid_until", _("信息有效期至"), as_is("valid_until"), 14),
    ListingColumn("url", _("网址"), address("offerings"), 40),
    *CONTACT,
)

register_lists(Offering, _("科技服务"), COLUMNS, CHILDREN)
