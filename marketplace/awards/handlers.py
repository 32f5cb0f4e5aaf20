"""Who learns what of results, letters and the work after an award. Each bidder has a notice of its own."""

from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from marketplace.awards import events, queries, services
from marketplace.awards.models import AWARD_FILES, DELIVERY_FILES, Award, Result, TaskBook
from marketplace.awards.rulebook import Out
from marketplace.awards.workflow import Status
from marketplace.files.policies import register_reader
from marketplace.kernel.events import Event, on
from marketplace.notices import kinds
from marketplace.notices.services import notify
from marketplace.parties import queries as parties
from marketplace.parties.policies import Role
from marketplace.publicity.events import PublicityCancelled, PublicityEnded
from marketplace.publicity.rulebook import in_words
from marketplace.tenders import events as tenders
from marketplace.tenders.models import Tender
from marketplace.tenders.services import register_hold

kinds.register("awards.check", _("评审结果待核对或定标"))
kinds.register("awards.result", _("所参加项目的结果"))
kinds.register("awards.letter", _("结果通知书"))
kinds.register("awards.contract", _("签约期限提醒"))
kinds.register("awards.taskbook", _("任务和验收的进展"))

register_hold(services.hold, rank=1)
register_reader(AWARD_FILES, queries.reads_award_file)
register_reader(DELIVERY_FILES, queries.reads_delivery_file)


@on(events.ResultProposed, events.ResultReturned, events.AwardDeclined, events.CandidateReplaced)
def tell_purchaser(event: Event) -> None:
    """Those who bind the purchaser learn what waits for them."""
    row = _result(event)
    if row is None:
        return
    words = {
        events.ResultProposed: _("“%(title)s”的评审结果已提出，请核对后公示"),
        events.ResultReturned: _("“%(title)s”的结果退回核对"),
        events.AwardDeclined: _("“%(title)s”的候选单位放弃，请选择下一步"),
        events.CandidateReplaced: _("“%(title)s”改由下一名候选，请核对后公示"),
    }
    _tell_purchaser(row, words[type(event)])


@on(events.ResultSubmitted)
def tell_operator(event: events.ResultSubmitted) -> None:
    """The operators who may publish it learn that it waits."""
    row = _result(event)
    if row is None:
        return
    people = parties.people_with_role(Role.OPERATOR)
    may = [one for one in people if one.has_perm("awards.publish_lotresult", row)]
    _tell("awards.check", may, _("“%(title)s”的结果等待复核和公示"), row, _managed(row))


@on(PublicityEnded, PublicityCancelled)
def tell_of_publicity(event: PublicityEnded | PublicityCancelled) -> None:
    """The purchaser learns that the award may be confirmed, or that it must choose another way."""
    if event.of_kind != queries.RESULT_KIND:
        return
    row = Result.objects.select_related("tender", "lot").filter(pk=event.of_id).first()
    if row is None or row.status != Status.PUBLICISED:
        return
    ended = isinstance(event, PublicityEnded)
    _tell_purchaser(
        row,
        (
            _("“%(title)s”的结果公示期满，可以定标")
            if row.publicity_id is None
            else _("“%(title)s”方案全部未通过的公示期满，没有未了结的异议时可以宣布流标")
        )
        if ended
        else _("“%(title)s”的结果公示已撤销，请选择下一步"),
    )


_TOLD: dict[type[Event], Any] = {
    events.ResultPublicised: _("“%(title)s”的结果正在公示"),
    events.CandidateReplaced: _("“%(title)s”改由下一名候选，将另行公示"),
    events.ResultReopened: _("“%(title)s”的结果作废，重新评审"),
    events.ResultCancelled: _("“%(title)s”已终止"),
}


@on(*_TOLD)
def tell_bidders(event: Event) -> None:
    """Each bidder of the lot learns what became of a result that was public, or of its end."""
    row = _result(event)
    if row is None or not row.is_public:
        return
    if isinstance(event, events.ResultPublicised) and row.publicity_id is not None:
        _send_letters(row, _("“%(title)s”的方案全部未通过，请查看理由；有异议的可在公示期内提出"))
        return
    url = reverse("awards:detail", args=[row.code])
    for entry in row.entries.all():
        people = parties.binders_of(entry.organization_id)
        _tell("awards.result", people, _TOLD[type(event)], row, url)


@on(events.CandidateReplaced)
def tell_unfit(event: events.CandidateReplaced) -> None:
    """A candidate that was found unfit learns so itself, and reads why and on what evidence."""
    award = (
        Award.objects.select_related("result__tender", "entry").filter(pk=event.award_id).first()
    )
    if award is not None and award.out == Out.UNFIT:
        _tell(
            "awards.result",
            parties.binders_of(award.entry.organization_id),
            _("“%(title)s”认定贵单位不符合条件，候选资格取消，请查看原因和材料"),
            award.result,
            reverse("awards:detail", args=[award.result.code]),
        )


@on(events.ResultFailed)
def tell_of_failure(event: events.ResultFailed) -> None:
    """Each bidder is sent its own letter, with the reasons, also where nothing was made public before."""
    row = _result(event)
    if row is not None:
        _send_letters(row, _("“%(title)s”流标，请查看告知书和理由"))


@on(events.AwardConfirmed)
def send_letters(event: events.AwardConfirmed) -> None:
    """Each bidder is sent its own letter."""
    row = _result(event)
    if row is not None:
        _send_letters(row, _("“%(title)s”已定标，请查看通知书"))


def _send_letters(row: Result, title: Any) -> None:
    for entry in row.entries.select_related("bid"):
        _tell(
            "awards.letter",
            parties.binders_of(entry.organization_id),
            title,
            row,
            reverse("awards:letter", args=[row.code, entry.bid.code]),
        )


@on(events.ContractDue)
def tell_of_contract(event: events.ContractDue) -> None:
    """Both sides learn that the contract is due, or late."""
    award = (
        Award.objects.select_related("result__tender", "result__lot", "entry")
        .filter(pk=event.award_id)
        .first()
    )
    if award is None or award.contract_due is None:
        return
    row = award.result
    words = (
        _("“%(title)s”应在 %(due)s 前签约，现已逾期，请尽快签约或说明原因")
        if event.is_late
        else _("“%(title)s”的合同应在 %(due)s 前签订")
    )
    due = in_words(award.contract_due)
    for org, url in (
        (row.tender.owner_id, _managed(row)),
        (award.entry.organization_id, reverse("awards:detail", args=[row.code])),
    ):
        _tell("awards.contract", parties.binders_of(org), words, row, url, due=due)


@on(events.ResultsOverdue)
def tell_of_results(event: events.ResultsOverdue) -> None:
    """The purchaser learns that its answer with reasons is overdue."""
    row = Tender.objects.filter(pk=event.subject_id).first()
    if row is None or row.results_until is None:
        return
    notify(
        "awards.check",
        parties.binders_of(row.owner_id),
        title=_("“%(title)s”应在 %(due)s 前给出结果，现已逾期"),
        params={"title": row.title, "due": in_words(row.results_until)},
        url=reverse("tenders:manage", args=[row.code]),
        subject=(tenders.TENDER, row.pk),
    )


@on(tenders.TenderCancelled)
def cancel_results(event: tenders.TenderCancelled) -> None:
    """Results of a cancelled tender end with it."""
    row = Tender.objects.filter(pk=event.subject_id).first()
    if row is not None:
        services.cancel_results(row)


# --- the work after the award -----------------------------------------------------------------
@on(events.MilestoneReported)
def tell_of_report(event: events.MilestoneReported) -> None:
    """The purchaser learns that a milestone waits for it."""
    row = _delivery(event)
    if row is not None:
        people = parties.binders_of(row.purchaser_id)
        _tell_delivery(people, _("“%(title)s”有节点报告完成，请确认"), row)


@on(events.MilestoneJudged)
def tell_of_judgement(event: events.MilestoneJudged) -> None:
    """The winner learns what the purchaser says of a milestone."""
    row = _delivery(event)
    if row is not None:
        words = (
            _("“%(title)s”的节点已确认")
            if event.move == "approve"
            else _("“%(title)s”的节点被退回，请补充")
        )
        _tell_delivery(parties.binders_of(row.winner_id), words, row)


@on(events.DeliveryMoved, events.DeliveryInspected)
def tell_both_sides(event: Event) -> None:
    """Both sides learn how the work as a whole stands."""
    row = _delivery(event)
    if row is None:
        return
    inspected = isinstance(event, events.DeliveryInspected)
    words = _("“%(title)s”有一次检查记录") if inspected else _("“%(title)s”的验收：%(state)s")
    for org in (row.purchaser_id, row.winner_id):
        _tell_delivery(parties.binders_of(org), words, row)


@on(events.DeliveryMoved)
def tell_authority(event: events.DeliveryMoved) -> None:
    """The authority learns of an acceptance to confirm and of a failure to find."""
    row = _delivery(event)
    if row is None or event.move not in {"propose", "claim"}:
        return
    people = parties.people_with_role(Role.AUTHORITY)
    may = [one for one in people if one.has_perm("awards.oversee_delivery", row)]
    _tell_delivery(may, _("“%(title)s”等待主管部门决定：%(state)s"), row)


# --- how --------------------------------------------------------------------------------------
def _result(event: Event) -> Result | None:
    rows = Result.objects.select_related("tender", "lot")
    return rows.filter(pk=event.subject_id).first()


def _delivery(event: Event) -> TaskBook | None:
    return TaskBook.objects.select_related("tender").filter(pk=event.subject_id).first()


def _managed(row: Result) -> str:
    return reverse("awards:manage", args=[row.code])


def _tell_purchaser(row: Result, title: Any) -> None:
    people = parties.binders_of(row.tender.owner_id)
    _tell("awards.check", people, title, row, _managed(row))


def _tell(kind: str, people: Iterable[Any], title: Any, row: Result, url: str, **said: str) -> None:
    notify(
        kind,
        people,
        title=title,
        params={"title": row.tender.title, **said},
        url=url,
        subject=(events.RESULT, row.pk),
    )


def _tell_delivery(people: Iterable[Any], title: Any, row: TaskBook) -> None:
    notify(
        "awards.taskbook",
        people,
        title=title,
        params={"title": row.tender.title, "state": row.get_status_display()},
        url=reverse("awards:delivery", args=[row.code]),
        subject=(events.DELIVERY, row.pk),
    )
