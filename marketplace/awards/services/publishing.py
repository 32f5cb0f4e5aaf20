"""A result is checked by the purchaser and made public: at once, or by the operator where four eyes are asked for."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from marketplace.awards import events, queries
from marketplace.awards.models import Award, Result
from marketplace.awards.rulebook import MOST_NOTE, MOST_REASON, NAMES_ALL, NONE_RULE, RULE
from marketplace.awards.services.locking import Held, fitting, given, locked, refuse_excluded, save
from marketplace.awards.workflow import RESULT
from marketplace.journal.services import publish
from marketplace.kernel import clock
from marketplace.kernel.actors import Actor
from marketplace.kernel.errors import InvalidInput, Refused
from marketplace.kernel.money import format_exact
from marketplace.kernel.revisions import Rev, check
from marketplace.publicity import rulebook as publicity_rules
from marketplace.publicity import services as publicity
from marketplace.publicity.rulebook import MOST_FACT, MOST_TITLE

_NOBODY = gettext_lazy("没有候选单位，不能公示；请选择重新评审或宣布流标")
_DECLINED = gettext_lazy("候选单位已经放弃，请改由下一名候选")
_BLOCKED = gettext_lazy("有异议或投诉尚未了结，了结之前不能继续")


@transaction.atomic
def submit_result(
    result: Result, *, days: int | None, contact: str, note: str, actor: Actor, rev: Rev = None
) -> Result:
    """The purchaser has checked it: publish at once, or ask the operator to.

    Raises Forbidden, Refused, Stale, InvalidInput at `days`, `contact`, `note`.
    """
    held = locked(result)
    result = held.result
    move = "submit" if result.needs_four_eyes else "publish"
    RESULT.fire(move, result, actor, at=held.now)
    check(result.rev, rev, result)
    _candidate(held)
    _take(result, days, contact, note)
    result.checked_by_id, result.return_reason = actor.pk, ""
    if move == "publish":
        _publish(held, actor)
        return result
    save(result)
    publish(events.ResultSubmitted(subject_id=result.pk), actor=actor)
    return result


@transaction.atomic
def publish_result(result: Result, *, actor: Actor, rev: Rev = None) -> Result:
    """The operator publishes what the purchaser checked. Raises Forbidden, Refused, Stale."""
    held = locked(result)
    RESULT.fire("publish", held.result, actor, at=held.now)
    check(held.result.rev, rev, held.result)
    _publish(held, actor)
    return held.result


@transaction.atomic
def return_result(result: Result, *, reason: str, actor: Actor, rev: Rev = None) -> Result:
    """The operator asks the purchaser to look again. Raises Forbidden, Refused, Stale, InvalidInput at `reason`."""
    held = locked(result)
    result = held.result
    RESULT.fire("return", result, actor, at=held.now)
    check(result.rev, rev, result)
    result.return_reason = given(
        reason, at="reason", most=MOST_REASON, needed=gettext_lazy("请写明退回的原因")
    )
    save(result)
    publish(events.ResultReturned(subject_id=result.pk), actor=actor)
    return result


def least_days(result: Result) -> int:
    """The least length of the publicity: the longer of what the procedure and the rule of publicity demand."""
    name = NONE_RULE if queries.all_rejected(result) else RULE
    rule = publicity_rules.rule_on(name, clock.today())
    if rule is None:
        raise LookupError(f"there is no rule {name}")
    return max(rule.days, result.tender.ruled_by.publicity_days)


def _take(result: Result, days: int | None, contact: str, note: str) -> None:
    errors: dict[str, list[object]] = {}
    least = least_days(result)
    if days is None or not least <= days <= publicity_rules.MOST_DAYS:
        words = _("公示天数应为 %(least)d 至 %(most)d 日")
        errors["days"] = [words % {"least": least, "most": publicity_rules.MOST_DAYS}]
    taken = {}
    for name, text, take in (
        (
            "contact",
            contact,
            lambda text: given(
                text, at="contact", most=MOST_FACT, needed=gettext_lazy("请填写异议联系方式")
            ),
        ),
        ("note", note, lambda text: fitting(text, at="note", most=MOST_NOTE)),
    ):
        try:
            taken[name] = take(text)
        except InvalidInput as error:
            errors |= error.errors
    if errors:
        raise InvalidInput(errors)
    result.days, result.contact, result.note = days, taken["contact"], taken["note"]


def _candidate(held: Held) -> Award | None:
    """The candidate who may be made public; None where every bid was rejected, which is made public too."""
    if held.award is None:
        if not queries.must_be_shown(held.result):
            raise Refused(_NOBODY)
    elif held.award.declined_at is not None:
        raise Refused(_DECLINED)
    else:
        refuse_excluded(held, held.award)
    if held.contested:
        raise Refused(held.contested)
    if queries.blocking(held.lot.pk):
        raise Refused(_BLOCKED)
    if held.tender.is_suspended:
        raise Refused(gettext_lazy("已暂停，恢复前不能继续"))
    return held.award


def _publish(held: Held, actor: Actor) -> None:
    """Make the publicity of the candidate, or of the rejection of all, with the facts that the rule demands."""
    result, award = held.result, _candidate(held)
    # A publicity by the operator is still the purchaser's: it answers objections.
    made = publicity.publish_checked(
        queries.result_subject(result), content_of(result, award), actor=actor
    )
    if award is None:
        # Each bidder reads its own reasons from now on: without them it could not object.
        result.publicity, result.told_at = made, result.told_at or held.now
    else:
        award.publicity = made
        save(award)
    result.published_at = result.published_at or held.now
    save(result)
    publish(events.ResultPublicised(subject_id=result.pk, publicity_id=made.pk), actor=actor)


def content_of(result: Result, award: Award | None) -> publicity.Content:
    """What the publicity of a candidate says, or that of a result without one."""
    tender, lot = result.tender, result.lot
    part = _("第 %(number)d 标段 %(title)s") % {"number": lot.number, "title": lot.title}
    item = f"{tender.title}（{tender.code}），{part}"
    basis = _("评审 %(panel)s，报告 SHA-256 %(digest)s") % {
        "panel": result.panel,
        "digest": result.report_hash,
    }
    facts = {"item": item[:MOST_FACT], "basis": basis[:MOST_FACT], "contact": result.contact}
    if award is None:
        title = _("%(title)s：方案全部未通过公示") % {"title": tender.title}
        body = _rejected(result)
        return publicity.Content(NONE_RULE, result.days, title[:MOST_TITLE], body, facts)
    facts |= {
        "counterpart": award.entry.organization.name,
        "price": str(format_exact(award.entry.price)),
    }
    title = _("%(title)s：%(chosen)s公示") % {"title": tender.title, "chosen": result.chosen_label}
    return publicity.Content(RULE, result.days, title[:MOST_TITLE], _body(result, award), facts)


def _rejected(result: Result) -> str:
    """That every bid was rejected. Names are in it where they were read out; reasons stand in the letters."""
    entries: list[Any] = list(result.entries.select_related("organization"))
    lines = [_("共评审 %(count)d 份方案，全部未通过，没有候选单位。") % {"count": len(entries)}]
    if result.tender.procedure in NAMES_ALL:
        lines += [_("未通过：%(name)s") % {"name": one.organization.name} for one in entries]
    lines.append(
        _(
            "参加单位可查看各自的理由，并在公示期内提出异议；异议成立的，重新评审。期满没有未了结的异议，本标段流标。"
        )
    )
    if result.note:
        lines.append(result.note)
    return "\n\n".join(lines)


def _body(result: Result, award: Award) -> str:
    """The ranking in words. A name is in it where it is public: the candidates', and of 招标 everybody's."""
    whole = result.tender.procedure in NAMES_ALL
    named = {one.entry_id for one in result.awards.all()}
    lines = []
    entries: list[Any] = list(result.entries.select_related("organization"))
    for entry in sorted(entries, key=lambda one: (one.rank is None, one.rank or 0)):
        name = entry.organization.name if whole or entry.pk in named else _("其他参加单位")
        if entry.rank is None:
            lines.append(_("未通过：%(name)s") % {"name": name})
        else:
            lines.append(
                _("第 %(rank)d 名：%(name)s，得分 %(total)s")
                % {"rank": entry.rank, "name": name, "total": f"{entry.total.normalize():f}"}
            )
    if award.number > 1:
        lines.append(_("前一名候选已经退出，本公示的是第 %(n)d 名候选。") % {"n": award.number})
    lines.append(_("理由：%(reasons)s") % {"reasons": award.entry.reasons})
    if result.note:
        lines.append(result.note)
    return "\n\n".join(lines)
