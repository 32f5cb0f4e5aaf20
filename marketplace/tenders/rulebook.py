"""The procedures of a tender as versioned data, and the arithmetic of its days. No models, no clock.

A tender keeps name and version of its procedure from its publication on: a later version changes nothing that runs.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from marketplace.kernel.clock import SHANGHAI, last_day

#: Characters.
MOST_TITLE, MOST_SUMMARY, MOST_TEXT, MOST_LINE, MOST_REASON = 80, 500, 5_000, 300, 500
#: Rows of each table, and files.
MOST_ROWS, MOST_FILES = 20, 10
#: A deadline lies at most so many days after the publication.
MOST_OPEN_DAYS = 180
#: The deadline that the wizard suggests leaves so many days for sending and review, and is at this hour in Shanghai.
REVIEW_DAYS, USUAL_HOUR = 5, 17
#: The weights of the criteria sum to this.
WHOLE = Decimal(100)
#: Shares that are needed of the shares that there are, where nobody chooses otherwise.
THRESHOLD = 2
MOST_CUSTODIANS = 5


class Sealing(TextChoices):
    """How bids stay unread until the deadline."""

    SEALED = "sealed", _("加密密封：截止前任何人都打不开，平台也不能")
    ACCESS = "access", _("权限保密：截止前系统不向任何人显示")


class Side(TextChoices):
    """What a criterion judges."""

    SCHEME = "scheme", _("技术方案")
    PRICE = "price", _("报价")
    TEAM = "team", _("团队和业绩")
    SCHEDULE = "schedule", _("进度和交付")
    OTHER = "other", _("其他")


@dataclass(frozen=True)
class Procedure:
    """What one procedure demands. It holds for what is published in [since, until).

    All `…_days` but `answer_days` are calendar days; `answer_days` are working days. Bids are taken for at least
    `open_days`. Questions end `ask_days` before the deadline and answers are due `reply_days` before it. A change
    that concerns bids leaves at least `amend_days`, else the deadline moves. Where a question is unanswered when
    answers are due, the deadline moves once by `extend_days`. Results come within `result_days` after the deadline,
    are made public for `publicity_days`, and the contract is due `contract_days` after the award. A
    cancellation takes effect `cancel_days` after it was announced.

    `min_bids` is the least number of bids without which a lot stays closed, `readers` the least number of people
    who judge. `reads_out`: names and prices are read out to everybody at the opening; otherwise counts, hashes and
    outcomes alone are public. `bars_kin`: bidders of a lot who are held or managed by one, or one by the other, are
    all refused (条例第三十四条), and each says before it hands in who is above it. `negotiable`: the contract may differ from the bid. `disputed_at_risk_of` bears a bid
    that stays closed while nobody knows whose fault it is, `dispute_days` working days after the dispute.
    """

    name: str
    version: int
    label: Any
    advice: Any
    open_days: int
    ask_days: int
    reply_days: int
    amend_days: int
    extend_days: int
    min_bids: int
    readers: int
    sealings: tuple[str, ...]
    undertakings: tuple[Any, ...]
    source: Any
    answer_days: int = 3
    result_days: int = 30
    publicity_days: int = 3
    contract_days: int = 30
    cancel_days: int = 3
    #: Objections to the documents are raised until so many days before the deadline; None for no such window.
    objection_days: int | None = None
    needs_standing: bool = False
    reads_out: bool = False
    bars_kin: bool = False
    negotiable: bool = True
    disputed_at_risk_of: str = "bidder"
    dispute_days: int = 3
    since: date | None = None
    until: date | None = None


CALL, CHALLENGE, TENDER = "call", "challenge", "tender"

_SECRECY = _(
    "发布单位对收到的方案保密，只用于本次评审，不因未中选而使用方案内容（民法典第五百零一条）。"
)
_ANSWER = _("每一份方案都会收到写明理由的答复。")

PROCEDURES: tuple[Procedure, ...] = (
    Procedure(
        CALL,
        1,
        _("公开征集（比选）"),
        _("最常用：公开需求，比较收到的方案后择优洽谈。收到一份方案也可以继续，可以谈判。"),
        open_days=7,
        ask_days=3,
        reply_days=2,
        amend_days=3,
        extend_days=3,
        min_bids=1,
        readers=1,
        sealings=(Sealing.ACCESS, Sealing.SEALED),
        undertakings=(_SECRECY, _ANSWER),
        source=_("平台约定；《民法典》第五百零一条"),
    ),
    Procedure(
        CHALLENGE,
        1,
        _("揭榜挂帅"),
        _("难题张榜：不论资质和出身，由领衔科学家组建团队揭榜，经费可以包干，按里程碑验收。"),
        open_days=15,
        ask_days=5,
        reply_days=3,
        amend_days=7,
        extend_days=3,
        min_bids=1,
        readers=5,
        sealings=(Sealing.SEALED, Sealing.ACCESS),
        undertakings=(
            _SECRECY,
            _ANSWER,
            _("已经尽职而未达到预期的，按规定认定为探索性失败，不作失信处理。"),
        ),
        source=_("平台约定；科技部、财政部关于“揭榜挂帅”的规定，未核对处参照执行"),
        publicity_days=5,
        objection_days=5,
    ),
    Procedure(
        TENDER,
        1,
        _("招标"),
        _(
            "选用招标，就要承担《招标投标法》的全部义务：不足三家不开标，公开开标，不得谈判，按原条件签约。"
        ),
        open_days=20,
        ask_days=10,
        reply_days=5,
        amend_days=15,
        extend_days=3,
        min_bids=3,
        readers=5,
        sealings=(Sealing.SEALED,),
        undertakings=(_ANSWER,),
        source=_(
            "《招标投标法》第二十三条、第二十四条、第二十八条、第三十七条、第四十六条；《实施条例》第二十一条、第五十四条"
        ),
        objection_days=10,
        needs_standing=True,
        reads_out=True,
        bars_kin=True,
        negotiable=False,
    ),
)


def procedure_on(name: str, day: date) -> Procedure | None:
    """The version of a procedure that holds for what is published on this day."""
    for one in PROCEDURES:
        holds = (one.since is None or one.since <= day) and (one.until is None or day < one.until)
        if one.name == name and holds:
            return one
    return None


def procedures_on(day: date) -> list[Procedure]:
    """Every procedure that holds on this day."""
    return [one for one in PROCEDURES if procedure_on(one.name, day) is one]


def procedure_of(name: str, version: int) -> Procedure:
    """The procedure that a tender is under. Raises LookupError for one that never was."""
    for one in PROCEDURES:
        if (one.name, one.version) == (name, version):
            return one
    raise LookupError(f"no procedure {name} v{version}")


# --- days -------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Calendar:
    """The instants of a tender, UTC, each the end of its half-open period."""

    questions_until: datetime
    answers_until: datetime
    deadline: datetime
    results_until: datetime


def calendar_of(procedure: Procedure, deadline: datetime) -> Calendar:
    """What follows from a deadline."""
    return Calendar(
        deadline - timedelta(procedure.ask_days),
        deadline - timedelta(procedure.reply_days),
        deadline,
        deadline + timedelta(procedure.result_days),
    )


def last_legal_day(procedure: Procedure, deadline: datetime) -> datetime:
    """The last instant that a legal period of the tender can reach, before days off are counted."""
    days = procedure.result_days + procedure.publicity_days + procedure.contract_days
    return deadline + timedelta(days)


def earliest_deadline(procedure: Procedure, start: datetime) -> datetime:
    """Bids are taken for so many whole days after the day of the start (24:00 Asia/Shanghai)."""
    local = start.astimezone(SHANGHAI)
    day = datetime(local.year, local.month, local.day, tzinfo=SHANGHAI)
    return (day + timedelta(procedure.open_days + 1)).astimezone(start.tzinfo)


def suggested_deadline(
    procedure: Procedure, start: datetime, is_off: Callable[[date], bool]
) -> datetime:
    """The usual hour of the first day that is not off and leaves time for the review, UTC like `start`."""
    at = earliest_deadline(procedure, start) + timedelta(REVIEW_DAYS, hours=USUAL_HOUR)
    while is_off(at.astimezone(SHANGHAI).date()):
        at += timedelta(1)
    return at


def against_deadline(procedure: Procedure, deadline: datetime | None, start: datetime) -> Any:
    """The reason against this deadline for what is open from `start` on, or ""."""
    if deadline is None:
        return _("请填写投标截止时间")
    if deadline < earliest_deadline(procedure, start):
        return _("从公开到截止不少于 %(days)d 日，最早为 %(at)s") % {
            "days": procedure.open_days,
            "at": in_words(earliest_deadline(procedure, start)),
        }
    if deadline > start + timedelta(MOST_OPEN_DAYS):
        return _("截止时间最晚为公开后 %(days)d 日") % {"days": MOST_OPEN_DAYS}
    return ""


def in_words(instant: datetime) -> str:
    """An instant in Asia/Shanghai for a sentence: midnight is 24:00 of the day that it ends."""
    local = instant.astimezone(SHANGHAI)
    if (local.hour, local.minute) == (0, 0):
        return f"{last_day(instant).isoformat()} 24:00"
    return f"{local:%Y-%m-%d %H:%M}"


# --- criteria ---------------------------------------------------------------------------------
def against_weights(weights: Sequence[Decimal]) -> Any:
    """The reason against these weights, or "": they sum to exactly 100."""
    if not weights:
        return _("请至少填写一项评审因素")
    if any(weight <= 0 for weight in weights):
        return _("权重应大于 0")
    total = sum(weights, Decimal(0))
    if total != WHOLE:
        return _("权重之和应为 100，现在是 %(total)s") % {"total": f"{total.normalize():f}"}
    return ""


def against_custodians(kinds: Iterable[str], threshold: int) -> Any:
    """The reason against this choice of custodians, or "". `kinds` names the institution of each."""
    count = len(list(kinds))
    if count < THRESHOLD:
        return _("请至少选择两位密钥保管人")
    if count > MOST_CUSTODIANS:
        return _("最多 %(most)d 位密钥保管人") % {"most": MOST_CUSTODIANS}
    if not THRESHOLD <= threshold <= count:
        return _("开标所需人数应为 2 到 %(count)d") % {"count": count}
    return ""
