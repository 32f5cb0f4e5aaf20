"""What the two do next: dated steps, notes after a meeting, and whether they have met."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from marketplace.enquiries import events, queries
from marketplace.enquiries.models import Enquiry, MetQuestion, Note, Step
from marketplace.enquiries.policies import sides
from marketplace.enquiries.rulebook import ASKER, MET_AFTER, OWNER
from marketplace.enquiries.services.writing import check_own_words
from marketplace.enquiries.workflow import Status
from marketplace.journal.services import publish
from marketplace.kernel import clock
from marketplace.kernel.actors import Actor
from marketplace.kernel.errors import Forbidden, InvalidInput, Refused
from marketplace.kernel.models import insert
from marketplace.kernel.revisions import Rev, check
from marketplace.kernel.unreadable import readable
from marketplace.notices import kinds
from marketplace.notices.services import address_of, notify

kinds.register("enquiries.met", _("询问是否联系上"))
kinds.register("enquiries.step_due", _("下一步到期"))

AT_ONCE = 500
#: Open steps of one enquiry.
MOST_STEPS = 50


# --- steps ------------------------------------------------------------------------------------
@transaction.atomic
def add_step(
    enquiry: Enquiry,
    *,
    what: str,
    side: str,
    due: date,
    actor: Actor,
    names_checked: bool = False,
) -> Step:
    """Write down what a side does next, by a day.

    Raises Forbidden, InvalidInput (at `names_checked` for the name of a hidden owner), Refused when closed.
    """
    enquiry = _running(enquiry, actor)
    _check_step(what, side, due, is_new=True)
    check_own_words(enquiry, [what], actor=actor, names_checked=names_checked)
    if enquiry.steps.filter(done_at=None).count() >= MOST_STEPS:
        raise Refused(_("未完成的事项已有 50 条，请先完成或删除一些"))
    step = Step(enquiry=enquiry, what=what.strip(), side=side, due=due, made_by_id=actor.pk)
    insert(step)
    _tell_step(step, "add", actor)
    return step


@transaction.atomic
def edit_step(
    step: Step,
    *,
    what: str,
    side: str,
    due: date,
    actor: Actor,
    rev: Rev = None,
    names_checked: bool = False,
) -> Step:
    """Change an open step. Raises Forbidden, InvalidInput, Refused when it is done, Stale."""
    step = _open_step(step, actor, rev)
    _check_step(what, side, due, is_new=due != step.due)
    check_own_words(step.enquiry, [what], actor=actor, names_checked=names_checked)
    step.what, step.side, step.due = what.strip(), side, due
    return _save_step(step, "edit", actor)


@transaction.atomic
def finish_step(step: Step, *, actor: Actor, rev: Rev = None) -> Step:
    """Mark a step as done. Raises Forbidden, Refused, Stale."""
    step = _open_step(step, actor, rev)
    step.done_at, step.done_by_id = clock.now(), actor.pk
    return _save_step(step, "done", actor)


@transaction.atomic
def remove_step(step: Step, *, actor: Actor, rev: Rev = None) -> None:
    """Take out an open step. Raises Forbidden, Refused, Stale."""
    step = _open_step(step, actor, rev)
    _tell_step(step, "remove", actor)
    step.delete()


def _running(enquiry: Enquiry, actor: Actor) -> Enquiry:
    enquiry = Enquiry.objects.select_for_update(of=("self",)).get(pk=enquiry.pk)
    if not actor.has_perm("enquiries.write_enquiry", enquiry):
        raise Forbidden
    if enquiry.status == Status.CLOSED:
        raise Refused(_("这条咨询已结束，请先重新开启"))
    return enquiry


def _open_step(step: Step, actor: Actor, rev: Rev) -> Step:
    rows = Step.objects.select_for_update(of=("self",)).select_related("enquiry")
    found = rows.filter(pk=step.pk).first()
    if found is None:
        raise Refused(_("这一步已被删除"))
    if not actor.has_perm("enquiries.edit_step", found):
        raise Forbidden
    if found.done_at is not None:
        raise Refused(_("这一步已完成"))
    check(found.rev, rev, found)
    return found


def _check_step(what: str, side: str, due: date, *, is_new: bool) -> None:
    errors: dict[str, list[object]] = {}
    if not what.strip():
        errors["what"] = [_("请填写要做的事")]
    elif len(what) > 200:
        errors["what"] = [_("最多 %(most)d 个字") % {"most": 200}]
    if side not in {OWNER, ASKER}:
        errors["side"] = [_("请选择由哪一方完成")]
    if is_new and due < clock.today():
        errors["due"] = [_("日期不能早于今天")]
    if errors:
        raise InvalidInput(errors)


def _save_step(step: Step, act: str, actor: Actor) -> Step:
    step.rev += 1
    step.updated_at = clock.now()
    step.save()
    _tell_step(step, act, actor)
    return step


def _tell_step(step: Step, act: str, actor: Actor) -> None:
    publish(
        events.StepChanged(subject_id=step.enquiry_id, step_code=step.code, act=act), actor=actor
    )


# --- notes ------------------------------------------------------------------------------------
@transaction.atomic
def add_note(
    enquiry: Enquiry,
    *,
    text: str,
    is_shared: bool,
    actor: Actor,
    side: str = "",
    names_checked: bool = False,
) -> Note:
    """Write down what was said; the other side sees it only when it is shared.

    Raises Forbidden, InvalidInput (at `names_checked` where a shared note names a hidden owner).
    """
    enquiry = Enquiry.objects.select_for_update(of=("self",)).get(pk=enquiry.pk)
    held = sides(actor, enquiry)
    if not held or (side and side not in held):
        raise Forbidden
    if not text.strip():
        raise InvalidInput({"text": [_("请填写内容")]})
    if len(text) > 2000:
        raise InvalidInput({"text": [_("最多 %(most)d 个字") % {"most": 2000}]})
    if is_shared:
        check_own_words(enquiry, [text], actor=actor, names_checked=names_checked)
    chosen = side or (OWNER if OWNER in held else ASKER)
    note = Note.objects.create(
        enquiry=enquiry, side=chosen, author_id=actor.pk, text=text.strip(), is_shared=is_shared
    )
    publish(events.NoteWritten(subject_id=enquiry.pk, side=chosen, shared=is_shared), actor=actor)
    return note


# --- have they met? ---------------------------------------------------------------------------
def ask_whether_they_met(enquiry: Enquiry, *, occasion: str, at: datetime | None = None) -> bool:
    """Ask both sides, MET_AFTER after `at` (by default now), whether the other got in touch.

    `occasion` names what it follows, such as "answer" or "introduction:DJ2026-…"; a second call for
    the same occasion changes nothing and gives False. Answers are in `queries.met_answers`.
    """
    row = MetQuestion(
        enquiry=enquiry, occasion=occasion[:40], ask_at=(at or clock.now()) + MET_AFTER
    )
    before = MetQuestion.objects.filter(enquiry=enquiry, occasion=row.occasion).exists()
    MetQuestion.objects.bulk_create([row], ignore_conflicts=True)
    return not before


def ask_due_questions() -> int:
    """Send the questions whose day has come; how many."""
    due = MetQuestion.objects.filter(asked_at=None, ask_at__lte=clock.now()).order_by("pk")
    return sum(_ask(row.pk) for row in readable(due[:AT_ONCE]))


@transaction.atomic
def _ask(pk: int) -> bool:
    question = (
        MetQuestion.objects.select_for_update(of=("self",))
        .select_related("enquiry__owner", "enquiry__asker")
        .get(pk=pk)
    )
    if question.asked_at is not None:
        return False
    question.asked_at = clock.now()
    question.save(update_fields=["asked_at"])
    enquiry = question.enquiry
    for side in (OWNER, ASKER):
        notify(
            "enquiries.met",
            queries.people_of(enquiry, side),
            title=_("关于“%(title)s”，对方与您联系上了吗？"),
            params={"title": enquiry.listing_title},
            body=_("点一下即可答复，不需要填写内容。"),
            url=address_of("enquiries:show", enquiry.code),
            dedupe=f"enquiries.met:{question.pk}:{side}",
        )
    publish(events.MetAsked(subject_id=enquiry.pk, occasion=question.occasion), actor=None)
    return True


@transaction.atomic
def answer_met(question: MetQuestion, *, answer: str, actor: Actor, side: str = "") -> MetQuestion:
    """Say whether the other side got in touch. The last answer of a side counts.

    Raises Forbidden for who is of no side, InvalidInput for another word, Refused before it is asked.
    """
    question = (
        MetQuestion.objects.select_for_update(of=("self",))
        .select_related("enquiry")
        .get(pk=question.pk)
    )
    held = sides(actor, question.enquiry)
    if not held or (side and side not in held):
        raise Forbidden
    if question.asked_at is None:
        raise Refused(_("还没有到询问的日期"))
    if answer not in MetQuestion.Answer.values:
        raise InvalidInput({"answer": [_("请从列表中选择")]})
    chosen = side or (OWNER if OWNER in held else ASKER)
    if getattr(question, f"{chosen}_answer") == answer:
        return question
    values: Mapping[str, Any] = {f"{chosen}_answer": answer, f"{chosen}_at": clock.now()}
    for name, value in values.items():
        setattr(question, name, value)
    question.save(update_fields=list(values))
    event = events.MetAnswered(
        subject_id=question.enquiry_id, occasion=question.occasion, side=chosen, answer=answer
    )
    publish(event, actor=actor)
    return question


def remind_of_steps() -> int:
    """Remind the side of each step that is due today; once a step and day; how many notices."""
    today = clock.today()
    due = Step.objects.filter(done_at=None, due=today).select_related(
        "enquiry__owner", "enquiry__asker"
    )
    told = 0
    for step in readable(due.exclude(enquiry__status=Status.CLOSED).order_by("pk")[:AT_ONCE]):
        told += notify(
            "enquiries.step_due",
            queries.people_of(step.enquiry, step.side),
            title=_("今天到期：%(what)s"),
            params={"what": step.what},
            url=address_of("enquiries:show", step.enquiry.code),
            dedupe=f"enquiries.step:{step.pk}:{today.isoformat()}",
        )
    return told
