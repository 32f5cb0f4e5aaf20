"""The stages before the contract: listing, match, enquiry, introduction, intent."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from marketplace.brokerage.queries import introductions_visible_to, proofs_for
from marketplace.enquiries.models import Enquiry
from marketplace.enquiries.queries import files_of, intents_of, listing_of, party
from marketplace.enquiries.rulebook import ASKER, OWNER
from marketplace.enquiries.workflow import IntentStatus
from marketplace.files.models import Attachment
from marketplace.files.policies import can_read
from marketplace.files.queries import attachments_of
from marketplace.kernel.actors import Actor
from marketplace.kernel.money import format_listing
from marketplace.listings.kind import kind_named
from marketplace.matching import queries as matching
from marketplace.matching.models import Match
from marketplace.taxonomy.queries import label
from marketplace.threads.queries.pieces import Fact, Piece


def readable(
    user: Actor, rows: Iterable[Attachment], *, of_one_record: bool = False
) -> list[Attachment]:
    """The files of these that the person may have now.

    The rule of a kind of file looks at its subject and audience, so it is asked once for each. The messages of an
    enquiry are many subjects of one record: with `of_one_record` the rule is asked once for all of them.
    """
    known: dict[Any, bool] = {}
    found = []
    for row in rows:
        key = row.subject_kind, row.audience, None if of_one_record else row.subject_id
        if not row.is_ready:
            continue
        if key not in known:
            known[key] = can_read(user, row)
        if known[key]:
            found.append(row)
    return found


def listing_piece(user: Actor, kind: str, listing: Any) -> Piece | None:
    """A need, an achievement or an offer; None where the person may not see it (any more)."""
    if listing is None:
        return None
    noun = kind_named(kind)
    if not user.has_perm(noun.perm("view"), listing):
        return None
    return Piece(
        listing.code,
        listing.title,
        listing.get_status_display(),
        listing.published_at,
        noun.url("detail", listing.code),
        [Fact(_("类别"), noun.title)],
        readable(user, attachments_of(noun.subject, listing.pk)),
    )


def listing_pieces(user: Actor, enquiries: Iterable[Enquiry], others: Iterable[Any]) -> list[Piece]:
    """The listings asked about and `others`, pairs of kind and listing; each once."""
    found: dict[str, Piece] = {}
    asked = [(row.kind, listing_of(row)) for row in enquiries]
    for kind, listing in [*asked, *others]:
        piece = listing_piece(user, kind, listing)
        if piece is not None:
            found.setdefault(piece.code, piece)
    return sorted(found.values(), key=lambda piece: (piece.day is None, piece.day, piece.code))


def match_pieces(
    user: Actor, enquiries: Iterable[Enquiry], matches: Iterable[Match]
) -> list[Piece]:
    """Stored matches that led to the enquiry or are named in the contract."""
    rows = {row.pk: row for row in matches}
    codes = [row.evidence["match"] for row in enquiries if row.evidence.get("match")]
    known = matching.visible_to(user)
    found = known.filter(Q(pk__in=rows) | Q(code__in=codes)).order_by("id")
    return [
        Piece(
            match.code,
            f"{match.need.title} ↔ {match.achievement.title}",
            _("已匹配"),
            match.found_at,
            reverse("matching:for_need", args=[match.need.code]),
            [] if match.evidence.get("text_only") else [Fact(_("匹配度"), str(match.score))],
        )
        for match in found
    ]


def enquiry_pieces(user: Actor, enquiries: Iterable[Enquiry]) -> list[Piece]:
    """The conversations, with the files that were sent in them."""
    found = []
    for row in enquiries:
        files = [file for rows in files_of(row.messages.all()).values() for file in rows]
        facts = [
            Fact(_("发布方"), party(user, row, OWNER).name),
            Fact(_("咨询方"), party(user, row, ASKER).name),
        ]
        url = reverse("enquiries:show", args=[row.code])
        state = row.get_status_display()
        found.append(
            Piece(
                row.code,
                row.title,
                state,
                row.created_at,
                url,
                facts,
                readable(user, files, of_one_record=True),
            )
        )
    return found


def introduction_pieces(
    user: Actor, enquiries: Iterable[Enquiry], introductions: Iterable[Any]
) -> list[Piece]:
    """The introductions recorded in these enquiries or named in the contract, with their brokers."""
    keys = [row.pk for row in introductions]
    found = introductions_visible_to(user).filter(
        Q(enquiry__in=[row.pk for row in enquiries]) | Q(pk__in=keys)
    )
    rows = list(found.order_by("at", "id"))
    proofs = proofs_for(rows)
    return [
        Piece(
            row.code,
            row.broker.name,
            row.get_status_display(),
            row.at,
            reverse("brokerage:introduction", args=[row.code]),
            [Fact(_("委托"), row.mandate.code)] if row.mandate is not None else [],
            readable(user, proofs[row.pk]),
        )
        for row in rows
    ]


def intent_pieces(user: Actor, enquiries: Iterable[Enquiry]) -> list[Piece]:
    """The proposals of an intent. A stage is reached by the one that was agreed, not by a proposal."""
    found = []
    for enquiry in enquiries:
        for row in reversed(list(intents_of(enquiry))):
            row.enquiry = enquiry
            if not user.has_perm("enquiries.view_intent", row):
                continue
            found.append(
                Piece(
                    row.code,
                    row.subject,
                    row.get_status_display(),
                    row.decided_at if row.status == IntentStatus.ACCEPTED else None,
                    reverse("enquiries:intent", args=[row.code]),
                    [
                        Fact(_("合同类型"), label("contract_kind", row.contract_kind)),
                        Fact(_("意向金额"), format_listing(row.amount_fen)),
                    ],
                )
            )
    return found
