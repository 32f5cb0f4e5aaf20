"""Where an imported contract came from: proposed by likeness, known once a person confirms it."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from marketplace.achievements.models import Achievement
from marketplace.deals import events
from marketplace.deals.models import Contract, ContractParty, OriginProposal
from marketplace.deals.rulebook.likeness import LEAST, likeness
from marketplace.deals.services.common import allow, fresh, locked, save, seen
from marketplace.deals.workflow import Origin
from marketplace.enquiries.models import Intent
from marketplace.enquiries.workflow import IntentStatus
from marketplace.journal.services import publish
from marketplace.kernel import clock
from marketplace.kernel.actors import Actor
from marketplace.kernel.errors import InvalidInput, Refused
from marketplace.kernel.revisions import Rev
from marketplace.kernel.unreadable import readable
from marketplace.needs.models import Need

NEEDS, ACHIEVEMENTS, INTENTS = "needs", "achievements", "intents"
KINDS = (NEEDS, ACHIEVEMENTS, INTENTS)
#: Records of one party that are compared, newest first, and proposals that are kept.
_MOST_COMPARED, _MOST_KEPT = 200, 5
#: Contracts that are compared in one night, and how long after the last time they are compared again: a
#: party may publish what a contract came from, or join, long after the import.
AT_ONCE, AGAIN = 500, timedelta(days=30)


@transaction.atomic
def propose_origin(contract: Contract) -> list[OriginProposal]:
    """Compare a contract with the needs of its buyers, the achievements of its sellers, and intents.

    Replaces earlier proposals; best first. A contract without a party here has none. No permission:
    a job or an import asks.
    """
    contract = fresh(contract)
    orgs = {
        side: [
            row.organization_id
            for row in contract.parties.all()
            if row.side == side and row.organization_id is not None
        ]
        for side in ("seller", "buyer")
    }
    parties = {*orgs["seller"], *orgs["buyer"]}
    found = []
    for kind, record, record_parties, title in _records(contract, orgs):
        alike = likeness(
            parties=parties,
            record_parties=record_parties,
            title=contract.title,
            record_title=title,
            signed_on=contract.signed_on,
            record_on=clock.day_of(record.created_at),
        )
        if alike.score >= LEAST:
            found.append(
                OriginProposal(
                    contract=contract,
                    kind=kind,
                    record_id=record.pk,
                    record_code=record.code,
                    score=alike.score,
                    reasons=list(alike.reasons),
                )
            )
    found.sort(key=lambda row: -row.score)
    # No new version: nothing that a page shows or a form changes is other than before.
    Contract.objects.filter(pk=contract.pk).update(origin_compared_at=clock.now())
    contract.origin_proposals.all().delete()
    return OriginProposal.objects.bulk_create(found[:_MOST_KEPT])


def propose_due_origins() -> int:
    """Compare imported contracts of unknown origin that were not compared for a while; their number.

    Those that were never compared come first. A contract without a party here is left out.
    """
    rows = Contract.objects.filter(
        Exists(ContractParty.objects.filter(contract=OuterRef("pk"), organization__isnull=False)),
        Q(origin_compared_at=None) | Q(origin_compared_at__lt=clock.now() - AGAIN),
        origin=Origin.IMPORT,
        origin_confirmed_at=None,
    )
    found = rows.order_by(F("origin_compared_at").asc(nulls_first=True), "id")[:AT_ONCE]
    count = 0
    for contract in readable(found):
        propose_origin(contract)
        count += 1
    return count


def _records(
    contract: Contract, orgs: dict[str, list[int]]
) -> Iterator[tuple[str, Any, set[object], str]]:
    """The records that may be compared, with the organisations they are of."""
    until = _until(contract)
    if orgs["buyer"]:
        needs = Need.objects.filter(owner_id__in=orgs["buyer"], created_at__lt=until)
        for need in needs.order_by("-id")[:_MOST_COMPARED]:
            yield NEEDS, need, {need.owner_id}, need.title
    if orgs["seller"]:
        rows = Achievement.objects.filter(owner_id__in=orgs["seller"], created_at__lt=until)
        for achievement in rows.order_by("-id")[:_MOST_COMPARED]:
            yield ACHIEVEMENTS, achievement, {achievement.owner_id}, achievement.title
    both = [*orgs["seller"], *orgs["buyer"]]
    if both:
        intents = Intent.objects.filter(
            Q(enquiry__owner_id__in=both) & Q(enquiry__asker_id__in=both),
            status=IntentStatus.ACCEPTED,
            created_at__lt=until,
        ).select_related("enquiry")
        for intent in intents.order_by("-id")[:_MOST_COMPARED]:
            sides: set[object] = {intent.enquiry.owner_id, intent.enquiry.asker_id}
            yield INTENTS, intent, sides, intent.enquiry.listing_title


def _until(contract: Contract) -> datetime:
    """A contract came from no record that was made after it was signed."""
    signed = contract.signed_on
    return clock.end_of_day(signed + timedelta(1)) if signed else clock.now()


@transaction.atomic
def confirm_origin(
    contract: Contract, kind: str, record_code: str, *, actor: Actor, rev: Rev = None
) -> Contract:
    """Confirm, for a party or as a registrar, the record that a contract came from.

    The record must be one of a party of the contract: a need of a buyer, an achievement of a seller, an
    agreed intent between both, made before the contract was signed. Raises Forbidden, Refused when it is known already, Stale, InvalidInput
    at `record`.
    """
    contract = locked(contract)
    allow(actor, "deals.confirm_origin", contract)
    if contract.origin_confirmed_at is not None:
        raise Refused(_("这份合同的来源已经确认"))
    seen(contract, rev)
    if kind not in KINDS:
        raise InvalidInput({"record": [_("请从列表中选择")]})
    record = _record(contract, kind, record_code)
    if record is None:
        raise InvalidInput({"record": [_("没有找到属于合同当事人、在合同签订之前的这条记录")]})
    if kind == INTENTS:
        contract.intent, contract.enquiry = record, record.enquiry
    elif kind == NEEDS:
        contract.need = record
    else:
        contract.achievement = record
    contract.origin_confirmed_at, contract.origin_confirmed_by_id = clock.now(), actor.pk
    save(contract)
    publish(
        events.OriginConfirmed(subject_id=contract.pk, kind=kind, record_id=record.pk),
        actor=actor,
    )
    return contract


def _record(contract: Contract, kind: str, code: str) -> Any:
    orgs = {
        side: [row.organization_id for row in contract.parties.all() if row.side == side]
        for side in ("seller", "buyer")
    }
    asked: dict[str, Any] = {"code": code, "created_at__lt": _until(contract)}
    if kind == NEEDS:
        return Need.objects.filter(owner_id__in=_known(orgs["buyer"]), **asked).first()
    if kind == ACHIEVEMENTS:
        return Achievement.objects.filter(owner_id__in=_known(orgs["seller"]), **asked).first()
    both = _known([*orgs["seller"], *orgs["buyer"]])
    return (
        Intent.objects.select_related("enquiry")
        .filter(status=IntentStatus.ACCEPTED, **asked)
        .filter(enquiry__owner_id__in=both, enquiry__asker_id__in=both)
        .first()
    )


def _known(keys: list[int | None]) -> list[int]:
    return [pk for pk in keys if pk is not None]
