"""Messages to a broker as such: written by a signed-in person, read at the broker's desk."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from marketplace.brokerage import events
from marketplace.brokerage.models import Broker, BrokerRequest
from marketplace.brokerage.queries import addresses_of
from marketplace.journal.services import publish
from marketplace.kernel import clock
from marketplace.kernel.errors import Forbidden, InvalidInput, Refused
from marketplace.kernel.models import insert
from marketplace.parties.queries import publishing_organizations

MAX_TEXT = 1_000
#: Messages of one person to one broker that wait for an answer.
MOST_OPEN = 3
AT_ONCE = 200


@transaction.atomic
def write_to_broker(
    broker: Broker, *, text: str, reply_by: str, consent: bool, actor: Any
) -> BrokerRequest:
    """Write to a broker; `reply_by` ("email" or "phone") names the confirmed contact that the broker gets.

    Raises Forbidden, Refused for a broker who is not in the register any more and for a fourth message
    that waits; InvalidInput at `text`, `reply_by` or `consent`.
    """
    broker = Broker.objects.select_for_update(of=("self",)).select_related("user").get(pk=broker.pk)
    if not broker.is_entered:
        raise Refused(_("这位技术经纪人目前不在库，不能留言"))
    if not actor.has_perm("brokerage.write_to_broker", broker):
        raise Forbidden
    contact, text = addresses_of(actor).get(reply_by, ""), text.strip()
    errors: dict[str, list[object]] = {}
    if not text:
        errors["text"] = [_("请填写内容")]
    elif len(text) > MAX_TEXT:
        errors["text"] = [_("最多 1000 个字")]
    if not contact:
        errors["reply_by"] = [_("请选择本人已验证的联系方式")]
    if not consent:
        errors["consent"] = [_("不提供联系方式，经纪人无法回复您")]
    if errors:
        raise InvalidInput(errors)
    if broker.requests.filter(sender=actor.pk, done_at=None).count() >= MOST_OPEN:
        raise Refused(_("您已有 3 条留言等待这位经纪人处理，请等对方回复"))
    organization = next(iter(publishing_organizations(actor)), None)
    row = BrokerRequest(
        broker=broker, sender_id=actor.pk, organization=organization, text=text, contact=contact
    )
    insert(row)
    publish(events.BrokerWrittenTo(subject_id=broker.pk, request=row.code), actor=actor)
    return row


def mark_request(row: BrokerRequest, *, done: bool, actor: Any) -> BrokerRequest:
    """The broker has answered, or has not after all; said twice it is said once. Raises Forbidden."""
    if row.broker.user_id != actor.pk:
        raise Forbidden
    if bool(row.done_at) != done:
        row.done_at = clock.now() if done else None
        row.save(update_fields=["done_at"])
    return row


@transaction.atomic
def purge_requests(before: datetime) -> int:
    """Delete messages written before this instant; how many."""
    rows = BrokerRequest.objects.filter(created_at__lt=before).order_by("pk")
    return BrokerRequest.objects.filter(
        pk__in=list(rows.values_list("pk", flat=True)[:AT_ONCE])
    ).delete()[0]
