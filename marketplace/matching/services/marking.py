"""Storing the judgements of the two sides on a match."""

from collections.abc import Collection

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from marketplace.journal.services import publish
from marketplace.kernel.actors import Actor
from marketplace.kernel.errors import Forbidden, InvalidInput
from marketplace.matching.events import MatchMarked
from marketplace.matching.models import Match, MatchFeedback, Reason, Verdict
from marketplace.matching.policies import sides_of

MAX_NOTE = 500
NOT_A_SIDE = _("只有需求方或成果方的成员可以评价这项匹配")


@transaction.atomic
def mark_match(
    match: Match, *, actor: Actor, verdict: str, reason: str = "", note: str = "", side: str = ""
) -> Match:
    """评价一项匹配：合适或不合适（不合适要选原因）。不合适的匹配双方都不再看到。

    `side` is needed only of people who work for both. The same judgement by the same person, sent again
    by a second click, changes nothing. Raises Forbidden for anybody who works for
    neither side, InvalidInput for an unknown verdict, a missing reason or a note above 500
    characters.
    """
    match = _locked(match)
    speaks_for = sides_of(actor, match)
    if not actor.has_perm("matching.mark_match", match) or (side and side not in speaks_for):
        raise Forbidden(NOT_A_SIDE)
    if not side and len(speaks_for) > 1:
        raise InvalidInput({"side": [_("您同时代表双方，请指明以哪一方评价")]})
    return _store(match, side or speaks_for[0], actor, verdict, reason, note)


def _store(
    match: Match, chosen: str, actor: Actor, verdict: str, reason: str, note: str = ""
) -> Match:
    """Store the judgement of a side on a locked match; no rights."""
    _check(verdict, reason, note)
    kept = reason if verdict == Verdict.DISMISSED else ""
    said = {"verdict": verdict, "reason": kept, "note": note.strip(), "actor_id": actor.pk}
    last = match.feedback.filter(side=chosen).first()
    if last is not None and said == {name: getattr(last, name) for name in said}:
        return match
    setattr(match, f"{chosen}_verdict", verdict)
    match.save(update_fields=[f"{chosen}_verdict"])
    MatchFeedback.objects.create(match=match, side=chosen, **said)
    event = MatchMarked(subject_id=match.pk, side=chosen, verdict=verdict, reason=kept)
    publish(event, actor=actor)
    return match


def _locked(match: Match) -> Match:
    rows = Match.objects.select_for_update(of=("self",))
    return rows.select_related("need__owner", "achievement__owner").get(pk=match.pk)


def _check(verdict: str, reason: str, note: str) -> None:
    errors: dict[str, list[object]] = {}
    if verdict not in Verdict.values:
        errors["verdict"] = [_("请选择合适或不合适")]
    if verdict == Verdict.DISMISSED and reason not in Reason.values:
        errors["reason"] = [_("请选择不合适的原因，系统和对方据此改进")]
    if len(note) > MAX_NOTE:
        errors["note"] = [_("说明不能超过 500 个字")]
    if errors:
        raise InvalidInput(errors)


def dismiss_pairs(
    kind: str,
    listing_id: int,
    *,
    other_org_id: int,
    reason: str,
    actor: Actor,
    speaks_for: Collection[int] = (),
) -> int:
    """Dismiss the matches between a listing and the listings of another organisation; how many.

    For slices above, where the two have talked and found that it does not fit. `kind` is the name of
    the listing's kind; one without matches has none. A person who works for neither side of a match
    leaves it as it is; `speaks_for` are organisations that the person writes for by the rules of the
    caller, such as a broker with a mandate. A reason that this slice does not know counts as OTHER.
    """
    columns = {"needs": ("need_id", "achievement"), "achievements": ("achievement_id", "need")}
    if kind not in columns:
        return 0
    own, other = columns[kind]
    rows = Match.objects.filter(**{own: listing_id, f"{other}__owner_id": other_org_id})
    known = reason if reason in Reason.values else Reason.OTHER
    done = 0
    for match in rows.select_related("need", "achievement"):
        owners = {"need": match.need.owner_id, "achievement": match.achievement.owner_id}
        held = sides_of(actor, match)
        held = held or [side for side, owner in owners.items() if owner in speaks_for]
        if held and getattr(match, f"{held[0]}_verdict") != Verdict.DISMISSED:
            _store(_locked(match), held[0], actor, Verdict.DISMISSED, known)
            done += 1
    return done
