"""The states of a filing and the moves between them.

The order is that of the real work: the seller checks, the bureau reviews, the seller files in the national
system, and a filing is registered only with the official number and date.
"""

from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from marketplace.kernel.workflow import Transition, Workflow


class FilingStatus(TextChoices):
    """The state of a filing. COUNTED names those whose amount is in the ledger."""

    DRAFT = "draft", pgettext_lazy("filing", "自查中")
    SUBMITTED = "submitted", pgettext_lazy("filing", "已提交")
    RETURNED = "returned", pgettext_lazy("filing", "退回补正")
    ACCEPTED = "accepted", pgettext_lazy("filing", "已受理")
    FIRST_PASSED = "first_passed", pgettext_lazy("filing", "初审通过")
    APPROVED = "approved", pgettext_lazy("filing", "预审通过")
    FORWARDED = "forwarded", pgettext_lazy("filing", "转省办理")
    REFUSED = "refused", pgettext_lazy("filing", "不予通过")
    FILED = "filed", pgettext_lazy("filing", "已在国家系统申报")
    REGISTERED = "registered", pgettext_lazy("filing", "已登记")
    CHANGED = "changed", pgettext_lazy("filing", "已变更")
    DISPUTED = "disputed", pgettext_lazy("filing", "异议中")
    PERFORMED = "performed", pgettext_lazy("filing", "已核定技术性收入")
    CANCELLED = "cancelled", pgettext_lazy("filing", "已注销")
    REVOKED = "revoked", pgettext_lazy("filing", "已撤销")


class Route(TextChoices):
    """Who decides on the registration."""

    CITY = "city", pgettext_lazy("filing", "本市办理")
    PROVINCE = "province", pgettext_lazy("filing", "转省办理")
    ELSEWHERE = "elsewhere", pgettext_lazy("filing", "应由卖方所在地登记")


#: Registered and neither cancelled nor revoked: the amount is in the ledger.
COUNTED = frozenset(
    {
        FilingStatus.REGISTERED,
        FilingStatus.CHANGED,
        FilingStatus.DISPUTED,
        FilingStatus.PERFORMED,
    }
)
#: The bureau has it on its desk.
ON_DESK = frozenset({FilingStatus.SUBMITTED, FilingStatus.ACCEPTED, FilingStatus.FIRST_PASSED})
#: The seller acts next.
WITH_SELLER = frozenset({FilingStatus.DRAFT, FilingStatus.RETURNED})
#: Reviewed here; the official number is missing.
AWAITING_NUMBER = frozenset({FilingStatus.APPROVED, FilingStatus.FORWARDED, FilingStatus.FILED})

#: In force and without an objection that waits.
_SETTLED = frozenset({FilingStatus.REGISTERED, FilingStatus.CHANGED, FilingStatus.PERFORMED})

_PREPARE = "registration.submit_registration"
_DECIDE = "registration.decide_registration"
_SECOND = "registration.second_registration"


def lacks_second_review(filing: Any, _now: Any) -> object:
    """Above the threshold a second person reviews before the decision."""
    if filing.needs_second and filing.second_at is None:
        return _("金额达到复审标准，须由另一人复审后才能作出决定")
    return ""


def is_for_second_review(filing: Any, _now: Any) -> object:
    """A second review is for contracts above the threshold, once."""
    if not filing.needs_second:
        return _("金额未达到复审标准，不需要复审")
    return _("已经复审") if filing.second_at is not None else ""


def is_for_the_city(filing: Any, _now: Any) -> object:
    """Only what the city may decide is approved here."""
    return "" if filing.route == Route.CITY else _("这份合同应转省办理，本市不作预审结论")


def is_for_the_province(filing: Any, _now: Any) -> object:
    """Only what is above the city's limit is forwarded."""
    return "" if filing.route == Route.PROVINCE else _("这份合同由本市办理，不需要转省")


def was(status: FilingStatus) -> Any:
    """A guard: before the objection the filing was in this state."""

    def guard(filing: Any, _now: Any) -> object:
        return "" if filing.status_before_dispute == status else _("异议前不是这一状态")

    return guard


FILING = Workflow.of(
    FilingStatus,
    FilingStatus.DRAFT,
    Transition("submit", _("提交预审"), {FilingStatus.DRAFT}, FilingStatus.SUBMITTED, _PREPARE),
    Transition(
        "resubmit", _("补正后重新提交"), {FilingStatus.RETURNED}, FilingStatus.SUBMITTED, _PREPARE
    ),
    Transition(
        "recall",
        pgettext_lazy("filing", "撤回"),
        {FilingStatus.SUBMITTED},
        FilingStatus.DRAFT,
        _PREPARE,
    ),
    Transition("reopen", _("修改后重新申报"), {FilingStatus.REFUSED}, FilingStatus.DRAFT, _PREPARE),
    Transition(
        "return",
        _("退回补正"),
        {FilingStatus.SUBMITTED, FilingStatus.ACCEPTED, FilingStatus.FIRST_PASSED},
        FilingStatus.RETURNED,
        _DECIDE,
    ),
    Transition(
        "accept",
        pgettext_lazy("filing", "受理"),
        {FilingStatus.SUBMITTED},
        FilingStatus.ACCEPTED,
        _DECIDE,
    ),
    Transition(
        "pass_first",
        pgettext_lazy("filing", "初审通过"),
        {FilingStatus.ACCEPTED},
        FilingStatus.FIRST_PASSED,
        _DECIDE,
    ),
    Transition(
        "pass_second",
        pgettext_lazy("filing", "复审通过"),
        {FilingStatus.FIRST_PASSED},
        FilingStatus.FIRST_PASSED,
        _SECOND,
        guards=(is_for_second_review,),
    ),
    Transition(
        "approve",
        pgettext_lazy("filing", "预审通过"),
        {FilingStatus.FIRST_PASSED},
        FilingStatus.APPROVED,
        _DECIDE,
        guards=(is_for_the_city, lacks_second_review),
    ),
    Transition(
        "forward",
        pgettext_lazy("filing", "转省办理"),
        {FilingStatus.FIRST_PASSED},
        FilingStatus.FORWARDED,
        _DECIDE,
        guards=(is_for_the_province, lacks_second_review),
    ),
    Transition(
        "refuse",
        pgettext_lazy("filing", "不予通过"),
        {FilingStatus.ACCEPTED, FilingStatus.FIRST_PASSED},
        FilingStatus.REFUSED,
        _DECIDE,
    ),
    Transition(
        "record_filed",
        _("已在国家系统申报"),
        {FilingStatus.APPROVED, FilingStatus.FORWARDED},
        FilingStatus.FILED,
        "registration.report_registration",
    ),
    Transition(
        "register",
        _("录入官方登记编号"),
        AWAITING_NUMBER,
        FilingStatus.REGISTERED,
        _DECIDE,
    ),
    Transition(
        "change",
        pgettext_lazy("filing", "变更登记"),
        COUNTED,
        FilingStatus.CHANGED,
        _DECIDE,
    ),
    Transition(
        "cancel",
        pgettext_lazy("filing", "注销登记"),
        COUNTED,
        FilingStatus.CANCELLED,
        _DECIDE,
    ),
    Transition(
        "revoke",
        pgettext_lazy("filing", "撤销登记"),
        COUNTED,
        FilingStatus.REVOKED,
        _DECIDE,
    ),
    Transition(
        "dispute",
        pgettext_lazy("filing", "提出异议"),
        _SETTLED,
        FilingStatus.DISPUTED,
        "registration.dispute_registration",
    ),
    Transition(
        "settle",
        _("异议处理完毕，维持登记"),
        {FilingStatus.DISPUTED},
        FilingStatus.REGISTERED,
        _DECIDE,
        guards=(was(FilingStatus.REGISTERED),),
    ),
    Transition(
        "settle_changed",
        _("异议处理完毕，维持变更后的登记"),
        {FilingStatus.DISPUTED},
        FilingStatus.CHANGED,
        _DECIDE,
        guards=(was(FilingStatus.CHANGED),),
    ),
    Transition(
        "settle_performed",
        _("异议处理完毕，维持核定结果"),
        {FilingStatus.DISPUTED},
        FilingStatus.PERFORMED,
        _DECIDE,
        guards=(was(FilingStatus.PERFORMED),),
    ),
    Transition(
        "confirm_income",
        _("核定技术性收入"),
        {FilingStatus.REGISTERED, FilingStatus.CHANGED},
        FilingStatus.PERFORMED,
        _DECIDE,
    ),
    subject="registration.filing",
    # Imported from the official register, or registered elsewhere for a local buyer.
    entries={FilingStatus.REGISTERED},
)


# --- the ledger -------------------------------------------------------------------------------
class PeriodStatus(TextChoices):
    """The state of a month of the ledger. Entries that come while one is CLOSING open it again."""

    OPEN = "open", pgettext_lazy("period", "未关账")
    CLOSING = "closing", pgettext_lazy("period", "关账待复核")
    CLOSED = "closed", pgettext_lazy("period", "已关账")


PERIOD = Workflow.of(
    PeriodStatus,
    PeriodStatus.OPEN,
    Transition(
        "propose",
        _("申请关账"),
        {PeriodStatus.OPEN},
        PeriodStatus.CLOSING,
        "registration.close_period",
    ),
    Transition(
        "withdraw",
        _("撤回关账申请"),
        {PeriodStatus.CLOSING},
        PeriodStatus.OPEN,
        "registration.close_period",
    ),
    Transition(
        "reopen",
        _("又有入账，须重新核对"),
        {PeriodStatus.CLOSING},
        PeriodStatus.OPEN,
        by_system=True,
    ),
    Transition(
        "close",
        _("复核并关账"),
        {PeriodStatus.CLOSING},
        PeriodStatus.CLOSED,
        "registration.confirm_period",
    ),
    subject="registration.ledgerperiod",
)


# --- import of the official register ----------------------------------------------------------
class ImportStatus(TextChoices):
    """The state of a file of the official register."""

    CHECKING = "checking", pgettext_lazy("register import", "检查中")
    CHECKED = "checked", pgettext_lazy("register import", "待确认")
    IMPORTING = "importing", pgettext_lazy("register import", "导入中")
    DONE = "done", pgettext_lazy("register import", "已导入")
    FAILED = "failed", pgettext_lazy("register import", "已停止")


def has_a_plan(batch: Any, _now: Any) -> object:
    """Only a plan with something to write is carried out."""
    writes = ("created", "registered", "updated")
    if batch.plan_sha256 and any(batch.counts.get(name) for name in writes):
        return ""
    return _("这张表没有可以写入的行")


_IMPORT = "registration.import_register"

IMPORT = Workflow.of(
    ImportStatus,
    ImportStatus.CHECKING,
    Transition(
        "check", _("完成检查"), {ImportStatus.CHECKING}, ImportStatus.CHECKED, by_system=True
    ),
    Transition(
        "recheck",
        _("重新检查"),
        {ImportStatus.CHECKED, ImportStatus.FAILED},
        ImportStatus.CHECKING,
        _IMPORT,
    ),
    Transition(
        "confirm",
        _("确认导入"),
        {ImportStatus.CHECKED},
        ImportStatus.IMPORTING,
        _IMPORT,
        guards=(has_a_plan,),
    ),
    Transition(
        "finish", _("完成导入"), {ImportStatus.IMPORTING}, ImportStatus.DONE, by_system=True
    ),
    Transition(
        "fail",
        _("停止导入"),
        {ImportStatus.CHECKING, ImportStatus.IMPORTING},
        ImportStatus.FAILED,
        by_system=True,
    ),
    subject="registration.registerimport",
)
