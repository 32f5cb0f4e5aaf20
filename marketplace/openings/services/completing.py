"""The second step of a call that takes a summary first: a bidder on the shortlist hands in the whole plan, once."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from marketplace.bids.rulebook import MOST_FILES, MOST_SCHEME
from marketplace.custody import sealing
from marketplace.files import services as files
from marketplace.journal.services import publish
from marketplace.kernel import clock
from marketplace.kernel.actors import Actor
from marketplace.kernel.errors import Forbidden, InvalidInput, Refused
from marketplace.openings import events
from marketplace.openings.models import OPENED_FILES, OpenedBid
from marketplace.openings.policies import judged
from marketplace.openings.queries.openings import TAKES_PLANS
from marketplace.openings.services.locking import locked, locked_bid
from marketplace.tenders.workflow import Status as TenderStatus


def complete_bid(
    row: OpenedBid, scheme: str, uploads: Sequence[Any] = (), *, actor: Actor
) -> OpenedBid:
    """Keep the whole plan of a bid on the shortlist: from now on it is what is read and judged.

    What was sealed stays as it is; the plan is no part of it. Raises Forbidden, Refused, StorageFull, InvalidInput at
    `scheme` and `uploads`.
    """
    _check(row, actor, clock.database_now())
    said = scheme.strip()
    if not said:
        raise InvalidInput({"scheme": [_("请写明技术方案")]})
    if len(said) > MOST_SCHEME:
        raise InvalidInput({"scheme": [_("最多 %(most)d 个字") % {"most": MOST_SCHEME}]})
    if len(uploads) > MOST_FILES:
        raise InvalidInput({"uploads": [_("最多 %(most)d 个文件") % {"most": MOST_FILES}]})
    # Examined without a lock, for that takes its time.
    made = [files.store_upload(one, subject_kind=OPENED_FILES, actor=actor) for one in uploads]
    with transaction.atomic():
        opening, now = locked(row.opening)
        row = locked_bid(row, opening)
        _check(row, actor, now)
        for one in made:
            files.bind(one, row.pk, actor=actor)
        row.form = {**row.form, "scheme": said}
        row.files = [
            *row.files,
            *({"name": one.name, "size": one.size, "code": one.code, "reason": ""} for one in made),
        ]
        row.save(update_fields=["form", "files"])
        digest = sealing.sha256(sealing.canonical(row.form))
        publish(events.BidCompleted(subject_id=row.pk, digest=digest), actor=actor)
    return row


def _check(row: OpenedBid, actor: Actor, now: datetime) -> None:
    if not actor.has_perm("openings.complete_bid", row):
        raise Forbidden(_("完整方案由本单位的审核人或管理员提交"))
    tender = row.opening.tender
    if not tender.summary_first:
        raise Refused(_("这项征集不分摘要和完整方案"))
    if row.shortlisted_at is None:
        raise Refused(_("入围后才能提交完整方案"))
    if not row.lacks_plan:
        raise Refused(_("完整方案已经提交，不能修改"))
    if tender.is_suspended:
        raise Refused(_("项目已暂停"))
    if tender.status != TenderStatus.CLOSED or row.lot.stage not in TAKES_PLANS:
        raise Refused(_("评审已经结束，不再接收完整方案"))
    if not row.takes_plan(now):
        reason = _("提交完整方案的时间已过，%(at)s 截止")
        raise Refused(reason % {"at": row.plan_words})
    if judged([row.lot_id]):
        # Whoever has locked judged what was there: it does not change under him.
        raise Refused(_("已有评审成员锁定评分，不再接收完整方案"))
