"""Keepers post shares, or say that they cannot. A post answers at once; the worker opens what is ready."""

from collections.abc import Mapping

from django.db import transaction
from django.utils.translation import gettext as _

from marketplace.bids.models import Closing
from marketplace.custody import sealing
from marketplace.custody.models import Custodian
from marketplace.journal.services import publish
from marketplace.kernel.actors import Actor
from marketplace.kernel.errors import Forbidden, InvalidInput, Refused
from marketplace.openings import events, queries
from marketplace.openings.models import Absence, OpenedBid, Opening, Share
from marketplace.openings.rulebook import AT_ONCE, MOST_REASON
from marketplace.openings.services.judging import is_listed
from marketplace.openings.services.locking import locked
from marketplace.openings.workflow import UNDECIDED, Status
from marketplace.parties.policies import access_of
from marketplace.tenders.workflow import Status as TenderStatus


@transaction.atomic
def post_shares(
    opening: Opening, custodian: Custodian, posted: Mapping[str, str], *, actor: Actor
) -> int:
    """Keep what the page of a keeper opened: code of the bid -> share, or "" where his box did not open.

    The same share again changes nothing; of a bid that has its outcome nothing is taken. Returns how many rows are
    new. Raises Forbidden, Refused, and InvalidInput at `shares`.
    """
    opening, now = locked(opening)
    if not actor.has_perm("openings.post_opening", opening) or custodian.person_id != actor.pk:
        raise Forbidden
    _refuse(opening)
    if custodian.pk not in queries.keepers(opening):
        raise Forbidden
    if not posted or len(posted) > AT_ONCE:
        raise InvalidInput({"shares": [_("没有收到份额，或一次超过 50 份")]})
    closing = Closing.objects.get(tender=opening.tender_id)
    rows = {
        row.bid.code: row
        for row in OpenedBid.objects.select_for_update(of=("self",))
        .select_related("bid", "envelope")
        .filter(opening=opening, outcome__in=sorted(UNDECIDED), bid__code__in=list(posted))
    }
    known = set(
        Share.objects.filter(opened__in=rows.values(), custodian=custodian).values_list(
            "opened_id", "is_good"
        )
    )
    good = disputed = 0
    for code, row in sorted(rows.items()):
        text = posted[code]
        # A header that was exchanged after the close is no measure for a keeper.
        if not is_listed(row.envelope, closing):
            continue
        is_good = _is_good(row, custodian, text)
        if (row.pk, is_good) in known or (not is_good and (row.pk, True) in known):
            continue
        Share.objects.create(
            opened=row,
            custodian=custodian,
            share=text,
            is_good=is_good,
            posted_by_id=actor.pk,
            posted_at=now,
            is_sample=opening.is_sample,
        )
        good, disputed = good + is_good, disputed + (not is_good)
    if good or disputed:
        fact = events.SharesPosted(
            subject_id=opening.pk, custodian=custodian.code, good=good, disputed=disputed
        )
        publish(fact, actor=actor)
    return good + disputed


def _is_good(row: OpenedBid, custodian: Custodian, text: str) -> bool:
    if not text:
        return False
    try:
        share = sealing.share_bytes(text)
        header = sealing.parse(bytes(row.envelope.header))
    except sealing.FormatError as error:
        raise InvalidInput({"shares": [_("份额的格式不对，请刷新页面重试")]}) from error
    return sealing.good_share(header, custodian.code, share)


def _refuse(opening: Opening) -> None:
    if opening.tender.is_suspended:
        raise Refused(_("项目已暂停，恢复前不开启"))
    if opening.status != Status.WAITING or opening.tender.status != TenderStatus.CLOSED:
        raise Refused(_("开启已经结束"))


@transaction.atomic
def excuse_keeper(
    opening: Opening, custodian: Custodian, why: str, note: str = "", *, actor: Actor
) -> Absence:
    """Note that a keeper cannot open; he says so, or who binds his organisation. He may still come.

    Raises Forbidden, Refused, InvalidInput at `why` or `note`.
    """
    opening, now = locked(opening)
    own = custodian.person_id == actor.pk or access_of(actor).binds(custodian.organization_id)
    if not actor.has_perm("openings.excuse_opening", opening) or not own:
        raise Forbidden
    _refuse(opening)
    if custodian.pk not in queries.keepers(opening):
        raise Forbidden
    if not queries.owes(opening, custodian):
        raise Refused(_("份额已经提交，不需要记录不能开启"))
    if why not in Absence.Why.values:
        raise InvalidInput({"why": [_("请选择原因")]})
    if len(note) > MOST_REASON:
        raise InvalidInput({"note": [_("最多 %(most)d 个字") % {"most": MOST_REASON}]})
    found = Absence.objects.filter(opening=opening, custodian=custodian).first()
    if found is not None:
        return found
    made = Absence.objects.create(
        opening=opening,
        custodian=custodian,
        why=why,
        note=note.strip(),
        said_by_id=actor.pk,
        said_at=now,
        is_sample=opening.is_sample,
    )
    publish(events.KeeperAbsent(subject_id=opening.pk, custodian=custodian.code), actor=actor)
    return made
