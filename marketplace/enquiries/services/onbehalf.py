"""Logging a call, a visit or a talk for a firm, which the firm confirms by a link or on its workbench."""

import secrets
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from marketplace.enquiries import events, queries
from marketplace.enquiries.models import Enquiry, LoggedContact
from marketplace.enquiries.policies import serves_district
from marketplace.enquiries.rulebook import ASKER, CONFIRM_DAYS, OWNER
from marketplace.enquiries.services.writing import add_message
from marketplace.enquiries.workflow import ENQUIRY, Status
from marketplace.journal.services import publish
from marketplace.kernel import clock
from marketplace.kernel.actors import Actor
from marketplace.kernel.errors import Forbidden, InvalidInput, NotVisible, Refused
from marketplace.kernel.events import Event
from marketplace.kernel.models import insert
from marketplace.kernel.revisions import Rev, check
from marketplace.listings.kind import ListingKind
from marketplace.parties.models import Organization
from marketplace.parties.queries import hash_of

#: So long after a link was sent another may be asked for: a firm's mailbox is not to be flooded.
BETWEEN_LINKS = timedelta(days=1)
#: A contact that is older than this is not logged any more.
OLDEST = timedelta(days=365)


@transaction.atomic
def log_contact(
    firm: Organization,
    *,
    form: str,
    day: date,
    text: str,
    actor: Actor,
    kind: ListingKind | None = None,
    listing: Any = None,
    enquiry: Enquiry | None = None,
) -> LoggedContact:
    """Log what was said with a firm. It counts as the firm's word once the firm has confirmed it.

    The firm is asked on its workbench, and by a link that goes to its own address alone
    (`send_contact_link`): whoever logs it cannot confirm it in the firm's place.

    Raises Forbidden for who is neither an officer of its district nor mandated by it, InvalidInput.
    """
    if not actor.has_perm("enquiries.log_for_organization", firm):
        raise Forbidden
    errors: dict[str, list[object]] = {}
    if form not in LoggedContact.Form.values:
        errors["form"] = [_("请从列表中选择")]
    if day > clock.today():
        errors["day"] = [_("日期不能晚于今天")]
    elif day < clock.today() - OLDEST:
        errors["day"] = [_("只能登记一年以内的联系")]
    if not text.strip():
        errors["text"] = [_("请填写内容")]
    elif len(text) > 2000:
        errors["text"] = [_("最多 %(most)d 个字") % {"most": 2000}]
    if enquiry is not None and firm.pk not in {enquiry.owner_id, enquiry.asker_id}:
        errors["enquiry"] = [_("这条咨询不是该单位的")]
    if listing is not None and listing.owner_id != firm.pk:
        errors["listing"] = [_("这条信息不是该单位发布的")]
    if errors:
        raise InvalidInput(errors)
    source = LoggedContact.Source
    contact = LoggedContact(
        firm=firm,
        enquiry=enquiry,
        kind=kind.name if kind is not None and listing is not None else "",
        listing_id=listing.pk if listing is not None else None,
        form=form,
        day=day,
        text=text.strip(),
        source=source.OFFICER if serves_district(actor, firm.district) else source.BROKER,
        logged_by_id=actor.pk,
        # Nobody has the secret of this hash: the one that counts is made when the link is sent.
        token_hash=hash_of(secrets.token_urlsafe(32)),
        token_ends=clock.now() + timedelta(days=CONFIRM_DAYS),
        is_sample=firm.is_sample,
    )
    insert(contact)
    event = events.ContactLogged(subject_id=contact.pk, firm_id=firm.pk, form=form)
    publish(event, actor=actor)
    return contact


@transaction.atomic
def send_contact_link(contact_id: int) -> bool:
    """Send the link by which the firm confirms to the address of the firm's own entry.

    False where the firm has no address or has answered already; the sample firms have none that is real.
    A repeated call makes the earlier link useless.
    """
    contact = _locked(contact_id)
    to = contact.firm.contact_email
    if not to or contact.reply or contact.is_sample:
        return False
    token = secrets.token_urlsafe(32)
    contact.token_hash, contact.token_ends = (
        hash_of(token),
        clock.now() + timedelta(days=CONFIRM_DAYS),
    )
    contact.save(update_fields=["token_hash", "token_ends"])
    url = settings.SITE_URL.rstrip("/") + reverse("enquiries:contact_link", args=[token])
    with translation.override("zh-hans"):
        text = render_to_string(
            "enquiries/mail/contact_link.txt",
            {"url": url, "firm": contact.firm.name, "site_name": settings.SITE_NAME},
        )
        title = _now("请核对代本单位登记的联系")
        send_mail(f"[{settings.SITE_NAME}] {title}", text, None, [to])
    return True


@transaction.atomic
def renew_contact_link(contact: LoggedContact, *, actor: Actor) -> None:
    """Ask that the firm be sent another link, which makes the earlier one useless.

    Raises Forbidden for anybody but who logged it and may still log for the firm, Refused when the firm
    has answered, has no address, or was sent a link within the last day.
    """
    contact = _locked(contact.pk)
    if not actor.has_perm("enquiries.renew_contact", contact):
        raise Forbidden
    if contact.reply:
        raise Refused(_("该单位已经答复过"))
    if not contact.firm.contact_email or contact.is_sample:
        raise Refused(_("该单位没有登记邮箱，请单位成员登录后在工作台核对。"))
    if clock.now() < contact.link_sent_at + BETWEEN_LINKS:
        raise Refused(_("链接刚发出不久，一天后才能再次发送"))
    event = events.ContactLinkRenewed(subject_id=contact.pk, firm_id=contact.firm_id)
    publish(event, actor=actor)


@transaction.atomic
def answer_contact(
    contact: LoggedContact, *, reply: str, actor: Actor, rev: Rev = None
) -> LoggedContact:
    """A member of the firm confirms or disputes it. Raises Forbidden, InvalidInput, Refused, Stale."""
    contact = _locked(contact.pk)
    if not actor.has_perm("enquiries.answer_contact", contact):
        raise Forbidden
    return _answer(contact, reply, actor=actor, rev=rev)


@transaction.atomic
def answer_contact_by_link(token: str, *, reply: str, rev: Rev = None) -> LoggedContact:
    """The same by whoever has the link; a member's own word stands over it later.

    Raises NotVisible for an unknown or expired link.
    """
    contact = queries.contact_by_token(token)
    return _answer(_locked(contact.pk), reply, actor=None, rev=rev)


def _locked(pk: int) -> LoggedContact:
    rows = LoggedContact.objects.select_for_update(of=("self",))
    found = rows.select_related("firm", "enquiry", "logged_by").filter(pk=pk).first()
    if found is None:
        raise NotVisible
    return found


def _answer(contact: LoggedContact, reply: str, *, actor: Actor | None, rev: Rev) -> LoggedContact:
    if not contact.takes_reply or (contact.reply and actor is None):
        raise Refused(_("该单位已经答复过"))
    if reply not in LoggedContact.Reply.values:
        raise InvalidInput({"reply": [_("请从列表中选择")]})
    check(contact.rev, rev, contact)
    contact.reply, contact.replied_at = reply, clock.now()
    contact.replied_by_id = None if actor is None else actor.pk
    contact.rev += 1
    contact.save()
    event = events.ContactAnswered(
        subject_id=contact.pk, firm_id=contact.firm_id, reply=reply, by_link=actor is None
    )
    publish(event, actor=actor)
    return contact


@transaction.atomic
def enter_contact(contact_id: int, *, because: Event) -> bool:
    """Write a confirmed contact into its enquiry, as the firm's word; False where there is nothing to write.

    The author is who logged it. A firm that owns the listing has answered by it.
    """
    contact = LoggedContact.objects.select_related("logged_by").filter(pk=contact_id).first()
    if contact is None or contact.enquiry_id is None or contact.entered_at is not None:
        return False
    enquiry = Enquiry.objects.select_for_update(of=("self",)).get(pk=contact.enquiry_id)
    contact = LoggedContact.objects.select_for_update(of=("self",)).get(pk=contact_id)
    if contact.entered_at is not None or enquiry.status == Status.CLOSED:
        return False
    side = OWNER if enquiry.owner_id == contact.firm_id else ASKER
    if side == OWNER and not ENQUIRY.refusal("answer_by_proxy", enquiry, None):
        ENQUIRY.fire("answer_by_proxy", enquiry, None, because=because)
        enquiry.rev += 1
    message = add_message(
        enquiry, contact.text, side=side, actor=contact.logged_by, kind=contact.form
    )
    contact.entered_at = clock.now()
    contact.save(update_fields=["entered_at"])
    event = events.MessageWritten(subject_id=enquiry.pk, message_id=message.pk, side=side)
    publish(event, actor=None)
    return True
