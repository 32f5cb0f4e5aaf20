"""How long the papers of a tender are kept, as versioned data. Nothing is erased before; who erases is a person."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Retention:
    """What is kept for how many years (None: for ever) after the end of the tender; [since, until) is when it holds."""

    name: str
    version: int
    label: Any
    years: int | None
    source: Any
    since: date | None = None
    until: date | None = None


_PLATFORM = _("平台约定，参照《电子招标投标办法》对资料归档的要求；未核对的年限参照执行")
RETENTIONS: tuple[Retention, ...] = (
    Retention(
        "public",
        1,
        _("公告、变更、答疑、开启记录、公示和结果"),
        None,
        _("平台约定：公开页面长期保留"),
    ),
    Retention("journal", 1, _("操作记录和校验链"), None, _("平台约定：只增不改，长期保留")),
    Retention("award", 1, _("中选方案、评审报告、中选通知和合同"), 15, _PLATFORM),
    Retention("bid", 1, _("未中选的方案、份额和附件"), 5, _PLATFORM),
    Retention("sealed", 1, _("未开启、已撤回和被替换的密封文件"), 2, _PLATFORM),
)


def retentions_on(day: date) -> list[Retention]:
    """What holds on this day."""
    return [
        one
        for one in RETENTIONS
        if (one.since is None or one.since <= day) and (one.until is None or day < one.until)
    ]


def kept_until(years: int | None, ended: date) -> date | None:
    """The first day on which it need not be kept any more; None for ever. 29 February counts as the 28th."""
    if years is None:
        return None
    try:
        return ended.replace(year=ended.year + years)
    except ValueError:
        return ended.replace(year=ended.year + years, day=28)
