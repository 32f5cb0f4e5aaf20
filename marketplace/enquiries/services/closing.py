"""Ending an enquiry with a reason that the owner learns from."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from marketplace.enquiries import events, queries
from marketplace.enquiries.models import Enquiry
from marketplace.enquiries.policies import sides
from marketplace.enquiries.services.turns import stop_clock
from marketplace.enquiries.services.writing import check_own_words, check_seen
from marketplace.enquiries.workflow import ENQUIRY
from marketplace.journal.services import publish
from marketplace.kernel import clock
from marketplace.kernel.actors import Actor
from marketplace.kernel.errors import InvalidInput, Refused
from marketplace.kernel.revisions import Rev, check
from marketplace.matching.services import dismiss_pairs
from marketplace.taxonomy.queries import is_valid

#: Reasons that say nothing against the pair: it stays among the suggestions.
FITTING = frozenset({"no_answer", "done_elsewhere"})


@transaction.atomic
def close(
    enquiry: Enquiry,
    *,
    reason: str,
    actor: Actor,
    note: str = "",
    rev: Rev = None,
    seen: Rev = None,
    names_checked: bool = False,
) -> Enquiry:
    """End an enquiry. `reason` is a code of the scheme `closing_reason`.

    What the caller has seen is `rev`, or `seen`, the newest message, which programs are given.

    The pair is suggested to neither of the two any more, where the reason speaks against it. Raises
    Forbidden, InvalidInput (at `names_checked` where the note names a hidden owner), Refused while an
    intent waits for an answer, Stale.
    """
    rows = Enquiry.objects.select_for_update(of=("self",)).select_related("owner", "asker")
    enquiry = rows.get(pk=enquiry.pk)
    ENQUIRY.fire("close", enquiry, actor)
    check(enquiry.rev, rev, enquiry)
    check_seen(enquiry, seen, actor)
    errors: dict[str, list[object]] = {}
    if not is_valid("closing_reason", reason):
        errors["reason"] = [_("请选择结束的原因")]
    if len(note) > 500:
        errors["note"] = [_("最多 %(most)d 个字") % {"most": 500}]
    if errors:
        raise InvalidInput(errors)
    check_own_words(enquiry, [note], actor=actor, names_checked=names_checked)
    if queries.has_open_intent(enquiry):
        raise Refused(_("还有一份意向等待确认，请先处理它"))
    enquiry.closed_at, enquiry.closing_reason = clock.now(), reason
    enquiry.closing_note = note.strip()
    stop_clock(enquiry)
    enquiry.rev += 1
    enquiry.updated_at = enquiry.closed_at
    enquiry.save()
    held = sides(actor, enquiry)
    if reason not in FITTING and enquiry.asker_id is not None and held:
        orgs = [enquiry.org_of(side) for side in held]
        dismiss_pairs(
            enquiry.kind,
            enquiry.listing_id,
            other_org_id=enquiry.asker_id,
            reason=reason,
            actor=actor,
            speaks_for=[org.pk for org in orgs if org is not None],
        )
    publish(events.EnquiryClosed(subject_id=enquiry.pk, reason=reason), actor=actor)
    return enquiry
