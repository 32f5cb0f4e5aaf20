"""What follows from a contract's events: notices to both sides. A notice names neither party nor amount."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from marketplace.awards import services as awards
from marketplace.awards.events import AwardConfirmed
from marketplace.awards.queries import award_by_id
from marketplace.brokerage.queries import register_source
from marketplace.deals import queries, services
from marketplace.deals.events import (
    ContractAmended,
    ContractAmendmentEnded,
    ContractAmendmentProposed,
    ContractCancelled,
    ContractDrafted,
    ContractEdited,
    ContractPerformed,
    ContractSigned,
    ContractTerminated,
    FinalTextConfirmed,
    FinalTextSet,
    FinalTextWithdrawn,
)
from marketplace.deals.queries.waiting import agreed_about, buyer_is_hidden
from marketplace.deals.workflow import UNSIGNED
from marketplace.disclosure.events import NameReleased
from marketplace.enquiries.events import IntentAgreed
from marketplace.kernel.events import Event, on
from marketplace.notices import kinds
from marketplace.notices.services import address_of, notify
from marketplace.parties.queries import binders_of

kinds.register("deals.to_draft", _("意向已达成，可以起草合同"))
kinds.register("deals.text", _("合同定稿有新进展"))
kinds.register("deals.moved", _("合同状态有变化"))
kinds.register("deals.amendment", _("合同变更有新进展"))
kinds.register("deals.due", _("合同节点或付款即将到期"))
register_source(queries.contract_facts)


@on(IntentAgreed)
def offer_draft(event: IntentAgreed) -> None:
    """Tell the seller's side that the contract can be begun. It begins when a person asks for it.

    A seller who asked an owner without a name can't begin before the name is out: it is told then.
    """
    sells_to_need = event.kind == "needs"
    if sells_to_need and buyer_is_hidden(event.subject_id):
        return
    _offer_draft(event.asker_id if sells_to_need else event.owner_id, event.intent_code)


@on(NameReleased)
def offer_draft_once_named(event: NameReleased) -> None:
    """The owner of an anonymous need was named: its intents with this organisation lead to a contract."""
    if event.organization_id is None:
        return
    for code in agreed_about(event.of_kind, event.of_id, event.organization_id):
        _offer_draft(event.organization_id, code)


def _offer_draft(seller_id: int, intent_code: str) -> None:
    notify(
        "deals.to_draft",
        binders_of(seller_id),
        title=_("意向已达成，可以起草合同"),
        params={},
        url=address_of("enquiries:intent", intent_code),
        dedupe=f"deals.to_draft:{intent_code}",
    )


@on(AwardConfirmed)
def begin_contract(event: AwardConfirmed) -> None:
    """The contract of an award is drafted for its two sides, with what the bid says."""
    award = award_by_id(event.award_id)
    if award is not None:
        services.create_from_award(award)


@on(ContractSigned)
def report_signature(event: ContractSigned) -> None:
    """The award of a signed contract is contracted, and the work begins with its milestones.

    The signature has done so itself; this is a repeat that changes nothing.
    """
    contract = queries.contract_by_id(event.subject_id)
    if contract is not None and contract.award_id is not None:
        award = award_by_id(contract.award_id)
        if award is not None:
            awards.record_contract(
                award, contract.code, milestones=services.stones_of(contract), because=event
            )


@on(ContractSigned)
def note_ties(event: ContractSigned) -> None:
    """Who bound one side does not judge bids of the other: the evaluation hears of it."""
    contract = queries.contract_by_id(event.subject_id)
    if contract is not None:
        services.note_ties(contract)


@on(ContractTerminated)
def report_end(event: ContractTerminated) -> None:
    """The work under a terminated contract ends."""
    contract = queries.contract_by_id(event.subject_id)
    if contract is not None and contract.award_id is not None:
        awards.end_delivery(contract.code, because=event)


#: Event -> kind of notice and its title.
_TITLES: dict[type[Event], tuple[str, Any]] = {
    ContractDrafted: ("deals.moved", _("“%(title)s”的合同已开始起草")),
    FinalTextSet: ("deals.text", _("“%(title)s”的合同定稿等待确认")),
    FinalTextConfirmed: ("deals.text", _("“%(title)s”的合同定稿有一方已确认")),
    FinalTextWithdrawn: ("deals.text", _("“%(title)s”的合同定稿已退回修改")),
    ContractSigned: ("deals.moved", _("“%(title)s”的合同已登记签订")),
    ContractPerformed: ("deals.moved", _("“%(title)s”的合同已履行完毕")),
    ContractTerminated: ("deals.moved", _("“%(title)s”的合同已登记终止")),
    ContractCancelled: ("deals.moved", _("“%(title)s”的合同已在签订前取消")),
    ContractAmendmentProposed: ("deals.amendment", _("“%(title)s”有一份合同变更等待答复")),
    ContractAmended: ("deals.amendment", _("“%(title)s”的合同变更已经双方同意")),
    ContractAmendmentEnded: ("deals.amendment", _("“%(title)s”的合同变更没有成立")),
}


@on(ContractEdited)
def tell_of_another_day(event: ContractEdited) -> None:
    """One side corrected the day of signature by a further copy: those who bind either side learn of it."""
    contract = queries.contract_by_id(event.subject_id)
    if contract is None or event.section != "copies" or "signed_on" not in event.fields:
        return
    notify(
        "deals.moved",
        queries.people_of(contract),
        title=_("“%(title)s”的签订日期更正为 %(day)s，请核对"),
        params={"title": contract.title, "day": str(contract.signed_on)},
        url=address_of("deals:show", contract.code),
    )


@on(*_TITLES)
def tell_both_sides(event: Event) -> None:
    """Tell those who bind either side how the contract stands."""
    contract = queries.contract_by_id(event.subject_id)
    if contract is None or (isinstance(event, ContractDrafted) and contract.status not in UNSIGNED):
        return
    kind, title = _TITLES[type(event)]
    notify(
        kind,
        queries.people_of(contract),
        title=title,
        params={"title": contract.title},
        url=address_of("deals:show", contract.code),
    )
