"""Begins contracts: empty, or from an agreed intent with all that is known already."""

from datetime import date, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from marketplace.deals import events
from marketplace.deals.models import Contract, Instalment, Milestone, PriceEvidence
from marketplace.deals.queries import contract_of_intent
from marketplace.deals.rulebook import TYPE_OF_KIND
from marketplace.deals.services.linking import NEEDS, link_intent, link_introduction
from marketplace.deals.services.parties import broker_row, party_row, store_parties
from marketplace.deals.workflow import Book, ContractStatus, Origin, Route, Side
from marketplace.enquiries.models import Enquiry, Intent
from marketplace.enquiries.workflow import IntentStatus
from marketplace.journal.services import publish
from marketplace.kernel import clock
from marketplace.kernel.actors import Actor
from marketplace.kernel.errors import Forbidden, InvalidInput, Refused
from marketplace.kernel.models import insert
from marketplace.parties.models import Organization
from marketplace.parties.policies import access_of

_EQUITY = "equity"


@transaction.atomic
def create_empty(*, owner: Organization, title: str, side: str, actor: Actor) -> Contract:
    """Begin a contract for an organisation that is its seller or buyer.

    Raises Forbidden for who does not work there or has not confirmed an address, Refused for an
    organisation that is not verified, InvalidInput at `title` or `side`.
    """
    if not actor.has_perm("deals.create_contract") or not access_of(actor).in_org(owner.pk):
        raise Forbidden
    if not owner.is_verified:
        raise Refused(_("单位通过认证后才能起草合同"))
    errors: dict[str, list[object]] = {}
    title = title.strip()
    if not title:
        errors["title"] = [_("请填写项目名称")]
    elif len(title) > 200:
        errors["title"] = [_("最多 %(most)d 个字") % {"most": 200}]
    if side not in {Side.SELLER, Side.BUYER}:
        errors["side"] = [_("请选择本单位是卖方还是买方")]
    if errors:
        raise InvalidInput(errors)
    contract = Contract(owner=owner, title=title, created_by_id=actor.pk)
    insert(contract)
    store_parties(contract, [party_row(owner, side, with_contact=True)])
    contract.save()
    publish(events.ContractDrafted(subject_id=contract.pk, origin=Origin.EMPTY), actor=actor)
    return contract


@transaction.atomic
def create_from_intent(intent: Intent, *, actor: Actor) -> Contract:
    """Begin the contract of an agreed intent, for the side that the person works for.

    A second call returns the contract of the first. Filled in: parties, type, amount, subject, the
    need's indicators as acceptance, milestones and instalments, the introduction with its broker,
    the publicity of the price. Raises Forbidden, Refused.
    """
    enquiry = Enquiry.objects.select_for_update(of=("self",)).get(pk=intent.enquiry_id)
    intent = Intent.objects.select_related("enquiry__owner", "enquiry__asker").get(pk=intent.pk)
    enquiry = intent.enquiry
    seller, buyer = _sides(enquiry)
    access = access_of(actor)
    owner = next((org for org in (seller, buyer) if org and access.in_org(org.pk)), None)
    if owner is None or not actor.has_perm("deals.create_contract"):
        raise Forbidden
    if intent.status != IntentStatus.ACCEPTED or seller is None or buyer is None:
        raise Refused(_("双方确认意向后才能起草合同"))
    if enquiry.owner_is_hidden and not access.in_org(enquiry.owner_id):
        raise Refused(_("对方还没有公开单位名称。请对方先公开名称，或者由对方起草合同"))
    if (found := contract_of_intent(intent.pk)) is not None:
        return found
    contract = _draft(intent, owner, actor)
    link_intent(contract, intent)
    broker = link_introduction(contract, seller, buyer, enquiry.kind, enquiry.listing_code)
    try:
        with transaction.atomic():
            insert(contract)
    except IntegrityError:
        if (found := contract_of_intent(intent.pk)) is not None:
            return found
        raise
    rows = [
        party_row(seller, Side.SELLER, with_contact=seller == owner),
        party_row(buyer, Side.BUYER, with_contact=buyer == owner),
    ]
    if broker is not None:
        rows.append(broker_row(broker))
    store_parties(contract, rows)
    _plan(contract, intent)
    _price(contract, intent, actor)
    contract.save()
    publish(
        events.ContractDrafted(
            subject_id=contract.pk,
            origin=Origin.INTENT,
            intent_id=intent.pk,
            enquiry_id=enquiry.pk,
        ),
        actor=actor,
    )
    return contract


def _sides(enquiry: Enquiry) -> tuple[Organization | None, Organization | None]:
    """Seller and buyer: whoever has a need buys."""
    if enquiry.kind == NEEDS:
        return enquiry.asker, enquiry.owner
    return enquiry.owner, enquiry.asker


def _draft(intent: Intent, owner: Organization, actor: Actor) -> Contract:
    enquiry = intent.enquiry
    is_sample = enquiry.is_sample
    return Contract(
        owner=owner,
        book=Book.SAMPLE if is_sample else Book.CITY,
        origin=Origin.INTENT,
        status=ContractStatus.DRAFT,
        title=enquiry.listing_title,
        contract_type=TYPE_OF_KIND.get(intent.contract_kind, ""),
        is_equity=intent.contract_kind == _EQUITY,
        subject_text=intent.subject,
        amount_total_fen=intent.amount_fen,
        amount_technical_fen=intent.amount_fen,
        is_state_held=intent.publicity_from is not None,
        created_by_id=actor.pk,
        # Both sides agreed to the intent here, so nobody has to confirm the origin again.
        origin_confirmed_at=clock.now(),
        origin_confirmed_by_id=actor.pk,
    )


def _plan(contract: Contract, intent: Intent) -> None:
    """Milestones of the intent, and an instalment for each that has a share of the amount."""
    rows = list(intent.milestones)
    Milestone.objects.bulk_create(
        Milestone(
            contract=contract,
            position=place,
            what=str(row.get("what") or "")[:200],
            due_on=_day(row.get("due")),
        )
        for place, row in enumerate(rows, 1)
    )
    shares = [row.get("share") for row in rows]
    if contract.amount_total_fen is None or not rows or not all(shares) or sum(shares) != 100:
        return
    total, left = contract.amount_total_fen, contract.amount_total_fen
    made = []
    for place, row in enumerate(rows, 1):
        part = left if place == len(rows) else total * row["share"] // 100
        left -= part
        if part > 0:
            made.append(
                Instalment(
                    contract=contract,
                    position=place,
                    what=str(row.get("what") or "")[:200],
                    due_on=_day(row.get("due")),
                    amount_fen=part,
                )
            )
    Instalment.objects.bulk_create(made)
    contract.payment_mode = "instalments" if len(made) > 1 else "lump"


def _price(contract: Contract, intent: Intent, actor: Actor) -> None:
    """The publicity that the intent names; its result is still to be entered."""
    if intent.publicity_from is not None and intent.publicity_until is not None:
        PriceEvidence.objects.create(
            contract=contract,
            route=Route.AGREEMENT,
            starts_on=intent.publicity_from,
            # The intent's period is half-open, the days of evidence are inclusive.
            ends_on=intent.publicity_until - timedelta(1),
            by_id=actor.pk,
        )


def _day(text: Any) -> date | None:
    return date.fromisoformat(text) if text else None
