"""Who read a bid, and what a reader is told about it."""

from itertools import combinations, product
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from marketplace.bids import queries as bids
from marketplace.bids.rulebook import Kin, kinship, partner_kin
from marketplace.files.models import Attachment
from marketplace.kernel.actors import Actor
from marketplace.openings.models import OpenedBid, Opening, Reading
from marketplace.openings.queries.openings import opened_in
from marketplace.openings.rulebook import flagged_partners
from marketplace.parties.policies import access_of
from marketplace.parties.queries import organizations_meant
from marketplace.parties.workflow import OrgStatus
from marketplace.tenders.models import Lot


def has_undertaken(opening: Opening, actor: Actor) -> bool:
    """Whether the person undertook to keep the bids of this tender secret."""
    return opening.undertakings.filter(person_id=actor.pk).exists()


def readings_of(row: OpenedBid) -> QuerySet[Reading]:
    """Who read a bid, the newest first."""
    return row.readings.select_related("person").order_by("-id")


def may_see_files(row: OpenedBid, actor: Actor) -> bool:
    """Whether this reader has the scheme and the files: the bidder always, the others once the bid is whole.

    The rule "summary first" binds the purchaser; whom a slice above admits judges the whole plan.
    """
    access = access_of(actor)
    if access.in_org(row.bid.organization_id):
        return True
    return row.is_whole or not access.in_org(row.opening.tender.owner_id)


def flags_of(row: OpenedBid) -> list[tuple[str, Any]]:
    """Partners of a joint bid that bid by themselves too or are suspended here, with the reason; two queries."""
    partners = row.form.get("partners", [])
    if not partners:
        return []
    rivals = bids.rival_names(row.lot)
    rivals = {name: code for name, code in rivals.items() if code != row.bid.code}
    names = [one["name"].strip() for one in partners]
    meant = organizations_meant(names)
    # A partner may be named by a code, or with blanks: it is the one that is meant.
    said = [{"name": row.name} for rows in meant.values() for row in rows]
    said += [one for one in partners if one["name"].strip() not in meant]
    gone = {
        row.name for rows in meant.values() for row in rows if row.status == OrgStatus.SUSPENDED
    }
    return flagged_partners(said, rivals, gone)


def kin_in(lot: Lot) -> list[tuple[OpenedBid, OpenedBid, Any, bool]]:
    """Pairs of opened bids of a lot whose bidders belong together: both, why, and whether it is certain; one query."""
    rows = list(opened_in(lot))
    return [
        (one, other, *found)
        for one, other in combinations(rows, 2)
        if (found := _kinship(one, other))
    ]


def _kinship(one: OpenedBid, other: OpenedBid) -> tuple[Any, bool] | None:
    """Why two bids belong together: through their leads, or through a partner on either side. What is certain first."""
    found = []
    for side, another in product(_parts(one), _parts(other)):
        if why := kinship(side, another):
            names = [
                kin.name
                for kin, row in ((side, one), (another, other))
                if kin.name != row.bid.organization.name
            ]
            text = why[0]
            if names:
                text = _("联合体成员 %(names)s：%(why)s") % {"names": "、".join(names), "why": text}
            found.append((text, why[1]))
    return min(found, key=lambda pair: not pair[1], default=None)


def _parts(row: OpenedBid) -> list[Kin]:
    """The lead and the partners of a bid."""
    return [row.bid.kin, *partner_kin(row.form.get("partners", []))]


def kin_of(row: OpenedBid) -> list[tuple[str, Any, bool]]:
    """The other bidders of the lot to whom the bidder of this one belongs: name, why, whether it is certain."""
    pairs = kin_in(row.lot)
    return [
        (other.bid.organization.name if one.pk == row.pk else one.bid.organization.name, why, sure)
        for one, other, why, sure in pairs
        if row.pk in {one.pk, other.pk}
    ]


def file_lines(row: OpenedBid) -> list[dict[str, Any]]:
    """The files of an opened bid for its page: name, size, whether it can be taken, and why not; one query."""
    codes = [one["code"] for one in row.files if one["code"]]
    found = {one.code: one for one in Attachment.objects.filter(code__in=codes)}
    lines = []
    for number, one in enumerate(row.files, 1):
        kept = found.get(one["code"])
        note = one["reason"]
        if kept is not None and not kept.is_ready:
            note = kept.get_status_display()
        elif kept is None and not note:
            note = _("正在检查") if not one["code"] else _("文件缺失")
        lines.append(
            {
                "number": number,
                "name": one["name"],
                "size": one["size"],
                "is_ready": kept is not None and kept.is_ready,
                "note": note,
            }
        )
    return lines
