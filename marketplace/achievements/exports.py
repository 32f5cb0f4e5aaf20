"""The columns of achievements in a spreadsheet: written on export, read on import."""

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext_lazy as _

from marketplace.achievements.models import Achievement
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
    as_yes_no,
    published_day,
    register_lists,
    sign_and_value,
)
from marketplace.listings.rulebook import plain
from marketplace.taxonomy import queries as taxonomy


def _indicator(row: Any) -> list[Any]:
    sign, value = sign_and_value(row.comparator, row.value, row.value_high)
    return [row.name, sign, value, row.unit, row.method, row.evidence]


def _patent(row: Any) -> list[Any]:
    kind, status = taxonomy.label("ip_kind", row.kind), taxonomy.label("ip_status", row.status)
    return [kind, row.number, status, row.title, row.holder, row.expires]


def _share(row: Any) -> list[Any]:
    return [row.name, "" if row.share is None else f"{plain(row.share)}%"]


def _inventor(row: Any) -> list[Any]:
    return [row.name, row.title, row.contribution]


def _column(name: str, title: Any, width: int, note: Any = "", **more: Any) -> ListingColumn:
    return ListingColumn(name, title, more.pop("write", as_is(name)), width, note, **more)


def _term(name: str, title: Any, scheme: str, **more: Any) -> ListingColumn:
    return ListingColumn(name, title, as_term(name, scheme), 18, scheme=scheme, **more)


def _rows(related: str, title: Any, parts: Callable[[Any], list[Any]], note: Any) -> ListingColumn:
    return ListingColumn(related, title, as_lines(related, parts), 44, note)


#: What a person writes about an achievement: exported, and read on import.
WRITTEN = (
    _column(
        "code",
        _("编号"),
        20,
        _("新增成果不用填；导出的表再次导入时，凭编号识别已有成果"),
        aliases=("成果编号",),
    ),
    _column(
        "title",
        _("成果名称"),
        36,
        _("不超过 80 字；没有名称时系统从正文提取并标记，由单位和审核人员核对"),
        aliases=("名称", "题名", "标题", "项目名称"),
    ),
    _column(
        "summary", _("公开简介"), 50, _("不超过 500 字，不填时取技术方案的开头"), aliases=("简介",)
    ),
    _column(
        "description",
        _("技术方案"),
        60,
        _("怎么做、做到什么程度；摘要也可以，不超过 5000 字"),
        required=True,
        aliases=("摘要", "成果简介", "成果内容", "内容"),
    ),
    _column("innovation", _("创新点"), 40, _("最多三行，每行一点"), aliases=("主要创新点",)),
    _column("scenario", _("应用场景"), 40),
    _column("comparison", _("与现有方案的经济比较"), 40, aliases=("与现有方案的比较",)),
    *COMMON,
    _column("trl", _("技术成熟度"), 12, _("1 至 9"), aliases=("TRL", "成熟度")),
    _column("trl_evidence", _("成熟度依据"), 30),
    _term("stage", _("所处阶段"), "stage", aliases=("成果所处阶段",)),
    _term("attribute", _("成果属性"), "attribute"),
    _term("level", _("成果水平"), "level"),
    _column("evaluation", _("评价、鉴定或获奖情况"), 30, aliases=("评价", "评价或获奖情况")),
    _column("has_sample", _("有样品或样机"), 12, _("是或否"), write=as_yes_no("has_sample")),
    ListingColumn(
        "cooperation",
        _("合作方式"),
        as_terms("cooperation", "cooperation"),
        24,
        _("可填多种，用顿号或分号隔开"),
        scheme="cooperation",
    ),
    _term("pricing_mode", _("定价方式"), "pricing"),
    _column(
        "price_min",
        _("意向价格下限（万元）"),
        14,
        _("只写数字；上下限都不填即为面议"),
        write=as_wan("price_min"),
        aliases=(
            "价格下限（万元）",
            *(
                head + unit
                for head in ("意向价格", "价格", "报价", "转让价格", "合作价格")
                for unit in ("（万元）", "")
            ),
        ),
    ),
    _column(
        "price_max",
        _("意向价格上限（万元）"),
        14,
        write=as_wan("price_max"),
        aliases=("价格上限（万元）",),
    ),
    _rows(
        "indicators",
        _("已验证的指标"),
        _indicator,
        _("每行一项：名称|≥|数值|单位|检测方法|依据；区间写成 名称|~|10~20|单位"),
    ),
    _rows(
        "patents",
        _("知识产权"),
        _patent,
        _("每行一项：种类|号码|状态|名称|权利人|届满日，如 发明专利|ZL202010000001.1|已授权"),
    ),
    _column(
        "is_state_owned",
        _("职务科技成果"),
        12,
        _("是或否"),
        write=as_yes_no("is_state_owned"),
    ),
    _rows("owners", _("权属份额"), _share, _("每行一个单位：单位|份额；份额合计 100%")),
    _rows("inventors", _("完成人"), _inventor, _("每行一人：姓名|职称|贡献")),
    *CONTACT,
    _column("valid_until", _("信息有效期至"), 14, _("如 2027-12-31；不填则自发布起一年")),
    _column("title_en", _("英文名称"), 36),
    _column("summary_en", _("英文简介"), 40),
)
#: Read on import and never exported: hints for field and industry, and confidential texts.
BROUGHT = (
    _column(
        "reached",
        _("联系方式"),
        30,
        _("姓名、电话和邮箱写在一格时用这一列；不填则用单位资料里的公开联系方式"),
        aliases=("联系人及电话", "联系人及联系方式", "联系人及联系电话", "联系人和电话"),
    ),
    _column(
        "discipline",
        _("学科"),
        18,
        _("一级学科；没有填技术领域和行业时据此提出建议"),
        aliases=("所属学科", "discipline"),
    ),
    _column(
        "confidential",
        _("保密内容"),
        30,
        _("只有本单位成员、审核人员和本单位授权的单位能看到，不进入搜索和匹配"),
    ),
)
#: Set by the platform: exported, and ignored on import.
KNOWN = (
    ListingColumn("owner", _("持有单位"), lambda achievement: achievement.owner.name, 28),
    ListingColumn("status", _("状态"), lambda achievement: achievement.get_status_display(), 12),
    ListingColumn("published_at", _("发布日期"), published_day, 14),
    ListingColumn("url", _("网址"), address("achievements"), 40),
)
COLUMNS = (*WRITTEN, *KNOWN)
CHILDREN = ("indicators", "patents", "owners", "inventors")

register_lists(Achievement, _("科技成果"), COLUMNS, CHILDREN)
