"""Days and texts of an opening as versioned data, and what the form of an opened bid must look like.

No models, no clock.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from marketplace.bids.rulebook import (
    FORM_VERSION,
    MOST_ABOVE,
    MOST_ANSWER,
    MOST_DAYS,
    MOST_MILESTONES,
    MOST_NAME,
    MOST_PARTNERS,
    MOST_SCHEME,
    MOST_SUMMARY,
    MOST_TEAM,
    WHOLE,
)
from marketplace.kernel.clock import last_day
from marketplace.kernel.money import MAX_FEN
from marketplace.tenders.rulebook import (
    MOST_OPEN_DAYS,
    USUAL_HOUR,
    Procedure,
    earliest_deadline,
    in_words,
)

#: Bids that a keeper's page takes and posts at once.
AT_ONCE = 50
#: An opening that is read out may be objected to for so many hours at least, also where the day ends before.
OBJECTION_HOURS = 2
#: Characters of a reason, and answers of a form.
MOST_REASON, MOST_ANSWERS = 300, 100


@dataclass(frozen=True)
class Rule:
    """How long an opening waits, in working days after the day on which the wait began.

    Keepers have `keeper_days` before every bidder is asked to reveal his key. How long a bidder has then, and who bears
    a bid that stays closed in doubt, is said by the procedure of the tender.
    """

    version: int
    keeper_days: int
    source: Any


RULES: Mapping[int, Rule] = {
    1: Rule(1, keeper_days=2, source=_("平台约定；参照《电子招标投标办法》第三十一条")),
}
RULE = max(RULES)

#: The undertaking of secrecy by version. A version that was accepted once never changes.
UNDERTAKINGS: Mapping[int, Any] = {
    1: _(
        "本人及所在单位对收到的方案保密，只用于本次评审，不向无关人员提供，不用于其他目的，"
        "不因未中选而使用方案内容；违反的，依法承担责任（民法典第五百零一条）。每次查阅和下载都会记录，投标人能看到。"
    )
}
UNDERTAKING = max(UNDERTAKINGS)


_NUMBERS = frozenset({"number", "days", "share"})
_TABLES: Mapping[str, tuple[int, Mapping[str, int]]] = {
    "answers": (MOST_ANSWERS, {"number": MOST_ANSWERS, "text": MOST_ANSWER}),
    "schedule": (MOST_MILESTONES, {"days": MOST_DAYS, "milestone": MOST_NAME}),
    "partners": (MOST_PARTNERS, {"share": WHOLE, "name": MOST_NAME}),
}
#: What partners say of themselves where bidders who belong together are refused.
_OPTIONAL: Mapping[str, int] = {"head": MOST_NAME, "controllers": MOST_ABOVE}


def whole_form(form: Any) -> dict[str, Any] | None:
    """The form of an opened bid if it is one of this version, with its own parts alone; else None.

    The browser of a bidder wrote it: nothing of it was seen before the opening.
    """
    if not isinstance(form, Mapping) or form.get("version") != FORM_VERSION:
        return None
    price, share = form.get("price"), form.get("lead_share")
    texts = _is_text(form.get("scheme"), MOST_SCHEME) and _is_text(form.get("team"), MOST_TEAM)
    numbers = _is_number(price, MAX_FEN) and _is_number(share, WHOLE)
    if not (texts and numbers):
        return None
    rows = {
        name: _rows(form.get(name), most, columns, _OPTIONAL if name == "partners" else {})
        for name, (most, columns) in _TABLES.items()
    }
    if None in rows.values():
        return None
    names = ["version", "price", "scheme", "team", "lead_share"]
    if "summary" in form:
        if not _is_text(form["summary"], MOST_SUMMARY):
            return None
        names.append("summary")
    return {name: form[name] for name in names} | rows


def _is_text(value: Any, most: int) -> bool:
    return isinstance(value, str) and len(value) <= most and "\0" not in value


def _is_number(value: Any, most: int) -> bool:
    return type(value) is int and 0 <= value <= most


def _rows(
    found: Any, most: int, columns: Mapping[str, int], optional: Mapping[str, int]
) -> list[Any] | None:
    """Rows that have these columns, and of the optional ones some, alone; a column with a number has its greatest value, a text its length."""
    if not isinstance(found, list) or len(found) > most:
        return None
    for row in found:
        if not isinstance(row, Mapping) or not set(columns) <= set(row) <= {*columns, *optional}:
            return None
        present = {one: limit for one, limit in optional.items() if one in row}
        for column, limit in {**columns, **present}.items():
            judge = _is_number if column in _NUMBERS else _is_text
            if not judge(row[column], limit):
                return None
    return [dict(row) for row in found]


def earliest_plan(procedure: Procedure, now: datetime) -> datetime:
    """From when on the whole plan may be due: as many whole days as the procedure leaves for a bid (招标投标法第二十四条)."""
    return earliest_deadline(procedure, now)


def suggested_plan(procedure: Procedure, now: datetime, is_off: Callable[[date], bool]) -> datetime:
    """The usual hour of the first day that is not off and leaves that time, UTC like `now`."""
    at = earliest_plan(procedure, now) + timedelta(hours=USUAL_HOUR)
    while is_off(last_day(at)):
        at += timedelta(1)
    return at


def against_plan(procedure: Procedure, until: datetime | None, now: datetime) -> Any:
    """The reason against this deadline of the whole plan for who is put on the shortlist now, or ""."""
    if until is None:
        return _("请填写提交完整方案的截止时间")
    if until < earliest_plan(procedure, now):
        return _("从入围到截止不少于 %(days)d 日，最早为 %(at)s") % {
            "days": procedure.open_days,
            "at": in_words(earliest_plan(procedure, now)),
        }
    if until > now + timedelta(MOST_OPEN_DAYS):
        return _("截止时间最晚为入围后 %(days)d 日") % {"days": MOST_OPEN_DAYS}
    return ""


def summary_of(form: Mapping[str, Any]) -> dict[str, Any]:
    """What is read before the shortlist where a summary comes first: no scheme."""
    return {**form, "scheme": ""}


def days_of(form: Mapping[str, Any]) -> int | None:
    """Days after the signature until the last milestone; None without one."""
    return max((row["days"] for row in form.get("schedule", [])), default=None)


def flagged_partners(
    partners: Sequence[Mapping[str, Any]], rivals: Mapping[str, str], suspended: set[str]
) -> list[tuple[str, Any]]:
    """Partners of a joint bid that the purchaser should look at, each with the reason (条例 37)."""
    found: list[tuple[str, Any]] = []
    for row in partners:
        name = row["name"].strip()
        if name in rivals:
            found.append((name, _("同一标段另有单独提交的方案（招标投标法实施条例第三十七条）")))
        if name in suspended:
            found.append((name, _("单位在本平台已停用")))
    return found
