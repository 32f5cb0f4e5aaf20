"""The register of technology brokers: certificate schemes and levels, consents, reasons.

The register is voluntary and no licence: nobody needs to be in it to introduce two parties to each
other (公平竞争审查条例 8, 9). Civil servants are not entered: they may not take part in profit-making
activities (公务员法 59(16)).
"""

from collections.abc import Iterable
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Scheme(TextChoices):
    """Who has issued a certificate, by which rules."""

    #: 国家技术转移专业人员能力等级培训大纲（试行）, 科技部火炬中心, 2020.
    TORCH = "torch", _("国家技术转移专业人员（火炬中心大纲）")
    #: 技术经理人能力评价规范, T/CASTEM 1007—2022.
    CASTEM = "castem", _("技术经理人能力评价（T/CASTEM 1007—2022）")
    #: A professional title of the class 技术经理人, which provinces award.
    TITLE = "title", _("技术经理人职称")
    OTHER = "other", _("其他培训或能力证书")


class Level(TextChoices):
    """The level of a certificate. The name differs from scheme to scheme: `level_label`."""

    JUNIOR = "junior", _("初级")
    MIDDLE = "middle", _("中级")
    SENIOR = "senior", _("高级")
    NONE = "none", _("不分级")


#: The best level that a broker can show decides the facet and the order of badges.
HIGHEST_FIRST = (Level.SENIOR, Level.MIDDLE, Level.JUNIOR, Level.NONE)
_NAMES: dict[tuple[str, str], Any] = {
    ("torch", "junior"): _("初级技术经纪人"),
    ("torch", "middle"): _("中级技术经纪人"),
    ("torch", "senior"): _("高级技术经理人"),
    ("castem", "junior"): _("初级技术经理人"),
    ("castem", "middle"): _("中级技术经理人"),
    ("castem", "senior"): _("高级技术经理人"),
    ("title", "junior"): _("初级职称（技术经理人）"),
    ("title", "middle"): _("中级职称（技术经理人）"),
    ("title", "senior"): _("高级职称（技术经理人）"),
}


def level_label(scheme: str, level: str) -> Any:
    """What a level is called in its scheme, such as 中级技术经纪人."""
    return _NAMES.get((scheme, level)) or (Level(level).label if level in Level.values else level)


def level_of(levels: Iterable[str]) -> str:
    """The best of these levels; "" for none."""
    held = set(levels)
    return next((str(level) for level in HIGHEST_FIRST if level in held), "")


class Employment(TextChoices):
    """How a broker works, as he declares it. It decides which proof is needed."""

    AGENCY = "agency", _("在技术转移服务机构或企业任职")
    INDEPENDENT = "independent", _("独立从业")
    UNIVERSITY = "university", _("在高校、科研院所或其他事业单位任职")
    CIVIL_SERVANT = "civil_servant", _("公务员或参照公务员法管理的工作人员")


LANGUAGES = (
    ("zh", _("中文")),
    ("en", _("英语")),
    ("ja", _("日语")),
    ("ko", _("韩语")),
    ("ru", _("俄语")),
    ("de", _("德语")),
    ("fr", _("法语")),
)

#: What the public page shows only after a consent to that very item (个人信息保护法 25). The first one
#: covers name, fields of work and introduction, without which there is nothing to show.
CONSENTS: dict[str, Any] = {
    "entry": _("姓名、专业领域、服务区域、语言和个人简介"),
    "portrait": _("照片"),
    "organization": _("所在单位"),
    "certificates": _("证书的名称、等级、发证机构和有效期"),
    "certificate_numbers": _("证书编号"),
    "training": _("培训学时"),
    "phone": _("联系电话"),
    "email": _("电子邮箱"),
}

#: Hours of training that one row may say: a year has 8,760 hours.
MOST_HOURS = 2_000

RETURN_REASONS = (
    ("certificate", _("证书扫描件不清楚，或与填写的内容不一致")),
    ("unit", _("所在单位或单位同意材料需要补充")),
    ("text", _("个人简介含联系方式、广告用语或不实内容")),
    ("training", _("培训学时无法核对")),
    ("other", _("其他原因")),
)
REMOVE_REASONS = (
    ("false", _("登记信息或证书不真实")),
    ("servant", _("属于公务员或参照公务员法管理的人员")),
    ("conduct", _("从业中有损害委托人利益的行为，经核实")),
    ("unit", _("所在单位撤回同意")),
    ("other", _("其他原因")),
)


def reason_labels(codes: Iterable[str]) -> list[Any]:
    """Reasons of a return, a refusal or a removal in words, in the order of the lists."""
    wanted = set(codes)
    found: dict[str, Any] = dict(RETURN_REASONS) | {
        code: label for code, label in REMOVE_REASONS if code not in dict(RETURN_REASONS)
    }
    return [label for code, label in found.items() if code in wanted]
