"""The rules of a publicity as versioned data, and the arithmetic of its days. No models, no clock.

A publicity keeps the name and version of its rule: a later version changes nothing that runs.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from marketplace.kernel.clock import SHANGHAI, last_day

#: Days that a publisher may choose at most.
MOST_DAYS = 90
#: Characters.
MOST_TITLE, MOST_BODY, MOST_FACT, MOST_TEXT = 120, 5_000, 300, 3_000
MOST_REASON = 500
#: A draft of an objection is warned of so many hours before the window ends.
WARN_HOURS = 24
#: What a publicity may state, in the order of the page.
FACTS = {
    "item": _("公示事项"),
    "result": _("成果名称"),
    "people": _("完成人"),
    "price": _("拟交易价格"),
    "counterpart": _("受让方或中选方"),
    "basis": pgettext_lazy("basis", "依据"),
    "contact": _("异议联系方式"),
}


@dataclass(frozen=True)
class Rule:
    """What one kind of publicity demands. It holds for what is published in [since, until).

    `days` is the least length, of working days where `working`. `facts` must be stated. An objection is
    answered within `answer_days`, a complaint filed within `complain_days` (both calendar days), admitted
    within `admit_days` and ruled on within `rule_days` (both working days). While an objection waits for
    its answer the publicity is suspended, and its end moves by as long.
    """

    name: str
    version: int
    label: Any
    days: int
    working: bool
    facts: tuple[str, ...]
    source: Any
    answer_days: int = 3
    complain_days: int = 10
    admit_days: int = 3
    rule_days: int = 30
    since: date | None = None
    until: date | None = None


_LAW = _("《招标投标法实施条例》第五十四条、第六十条：答复三日内、投诉十日内；未核对处参照执行")
RULES: tuple[Rule, ...] = (
    Rule(
        "agreed_price",
        1,
        _("科技成果协议定价公示"),
        15,
        False,
        ("result", "people", "price", "counterpart", "contact"),
        _(
            "《促进科技成果转化法》第十八条：协议定价的，公示成果名称和拟交易价格；"
            "《山东省促进科技成果转化条例》第十四条：公示时间不少于十五日"
        ),
    ),
    Rule(
        "award",
        1,
        _("中标、中选或揭榜结果公示"),
        3,
        False,
        ("item", "counterpart", "basis", "contact"),
        _LAW,
    ),
    Rule(
        "no_award",
        1,
        _("方案全部未通过的结果公示"),
        3,
        False,
        ("item", "basis", "contact"),
        _LAW,
    ),
    Rule(
        "documents",
        1,
        _("征集文件异议期"),
        1,
        False,
        ("item", "contact"),
        _(
            "《招标投标法实施条例》第二十二条：对招标文件有异议的，在投标截止时间十日前提出，三日内答复，"
            "答复前暂停；揭榜参照执行，在截止五日前提出；未核对处参照执行"
        ),
    ),
    Rule(
        "opening",
        1,
        _("开标异议期"),
        1,
        False,
        ("item", "contact"),
        _(
            "《招标投标法实施条例》第四十四条：对开标有异议的，在开标现场提出，当场答复并记录；"
            "在线开标以当日为限，一日内答复"
        ),
        answer_days=1,
    ),
    Rule(
        "general",
        1,
        _("其他事项公示"),
        5,
        True,
        ("item", "contact"),
        _("平台约定：不少于五个工作日"),
    ),
)


@dataclass(frozen=True)
class Subject:
    """What a publicity is about, as the slice that owns it describes it. `owner_id` is the publisher."""

    kind: str
    pk: int
    owner_id: int
    title: str
    url: str = ""
    is_sample: bool = False


def rule_on(name: str, day: date) -> Rule | None:
    """The version of a rule that holds for what is published on this day."""
    for rule in RULES:
        holds = (rule.since is None or rule.since <= day) and (
            rule.until is None or day < rule.until
        )
        if rule.name == name and holds:
            return rule
    return None


def in_words(instant: datetime) -> str:
    """An instant in Asia/Shanghai for a sentence: midnight is 24:00 of the day that it ends."""
    local = instant.astimezone(SHANGHAI)
    if (local.hour, local.minute) == (0, 0):
        return f"{last_day(instant).isoformat()} 24:00"
    return f"{local:%Y-%m-%d %H:%M}"


def rules_on(day: date) -> list[Rule]:
    """Every rule that holds on this day."""
    return [rule for rule in RULES if rule_on(rule.name, day) is rule]


def rule_of(name: str, version: int) -> Rule:
    """The rule that a publicity was published under. Raises LookupError for one that never was."""
    for rule in RULES:
        if (rule.name, rule.version) == (name, version):
            return rule
    raise LookupError(f"no rule {name} v{version}")


def against_days(rule: Rule, days: int | None) -> Any:
    """The reason against this length, or ""."""
    if days is None:
        return _("请填写公示天数")
    if days < rule.days:
        least = _("不少于 %(days)d 个工作日") if rule.working else _("不少于 %(days)d 日")
        return least % {"days": rule.days}
    if days > MOST_DAYS:
        return _("最多 %(days)d 日") % {"days": MOST_DAYS}
    return ""


def missing_facts(rule: Rule, facts: dict[str, str]) -> list[str]:
    """The names of the facts that the rule demands and that are not stated, in the order of the page."""
    return [name for name in FACTS if name in rule.facts and not facts.get(name, "").strip()]
