"""Visitors without an account: a code confirms the contact, a link leads back to the one enquiry."""

import logging
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.mail import send_mail
from django.db import IntegrityError, transaction
from django.db.models import F
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

import rules

from marketplace.enquiries.models import (
    Enquiry,
    Lead,
    Message,
    VisitorCode,
    VisitorContact,
    VisitorLink,
    VisitorTold,
)
from marketplace.enquiries.rulebook import ASKER
from marketplace.enquiries.services.asking import begin_or_go_on, open_listing
from marketplace.enquiries.services.sealing import hash_of_code, hash_of_contact
from marketplace.kernel import clock
from marketplace.kernel.errors import InvalidInput, Refused
from marketplace.listings.kind import kind_named
from marketplace.notices.sms import SmsError, send_sms
from marketplace.parties.queries import hash_of
from marketplace.web import throttle

logger = logging.getLogger(__name__)

#: The version of what a visitor is told and agrees to.
CONSENT_VERSION = "1"
CODE_ENDS = timedelta(minutes=10)
MOST_ATTEMPTS = 5
LINK_ENDS = timedelta(days=30)
#: Codes per contact, per contact and day, per network, per network and day.
_RATES = (("contact", "3/10m"), ("contact", "10/1d"), ("network", "30/1h"), ("network", "100/1d"))
#: Codes typed, from one network: guessing at many contacts at once.
_TRIES = "60/1h"


@dataclass(frozen=True)
class Guest:
    """A visitor who has opened a link: an actor who is the asker of one enquiry and nobody else."""

    guest_of: int
    pk: None = None
    is_authenticated: bool = False

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        """The permissions of a side of this one enquiry."""
        return bool(rules.has_perm(perm, self, obj))


#: Who asks at the moment in which the enquiry comes into being.
_NOBODY_YET = Guest(0)


def send_code(contact: str, *, network: str, language: str) -> None:
    """Send a code to an address or a mobile number (E.164). The message has nothing that the visitor typed.

    Raises TooMany.
    """
    contact_hash = hash_of_contact(contact)
    for subject, rate in _RATES:
        throttle.spend(
            f"enquiries-code-{subject}", contact_hash if subject == "contact" else network, rate
        )
    code = f"{secrets.randbelow(1_000_000):06}"
    VisitorCode.objects.create(
        contact_hash=contact_hash,
        code_hash=hash_of_code(contact_hash, code),
        expires_at=clock.now() + CODE_ENDS,
    )
    with translation.override(language):
        if contact.startswith("+"):
            send_sms(contact, "visitor_code", language=language, code=code)
        else:
            _mail(contact, _now("咨询验证码"), "enquiries/mail/visitor_code.txt", {"code": code})


def confirm(values: Mapping[str, Any], code: str, *, network: str) -> tuple[Enquiry, VisitorLink]:
    """Check the code, then create the enquiry with its first message and a link, which is sent.

    `values` are those that were sealed. The same question sent twice gives the enquiry of the first time.
    Raises InvalidInput at `code`, Refused when the listing takes no questions any more, TooMany.
    """
    throttle.spend("enquiries-code-tries", network, _TRIES)
    contact_hash = hash_of_contact(values["contact"])
    row = _checked_code(contact_hash, code)
    with transaction.atomic():
        fresh = VisitorCode.objects.filter(pk=row.pk, used_at=None).update(used_at=clock.now())
        if not fresh:
            return _made_before(values, contact_hash)
        enquiry = _make(values, contact_hash)
        link = send_link(enquiry)
    return enquiry, link


def _checked_code(contact_hash: str, code: str) -> VisitorCode:
    """The newest code of this contact, if `code` is it. A wrong one is counted before anything else."""
    row = VisitorCode.objects.filter(contact_hash=contact_hash).order_by("-id").first()
    if row is None or row.expires_at <= clock.now():
        raise InvalidInput({"code": [_("验证码已过期，请重新获取")]})
    counted = VisitorCode.objects.filter(pk=row.pk, attempts__lt=MOST_ATTEMPTS)
    if not counted.update(attempts=F("attempts") + 1):
        raise InvalidInput({"code": [_("输错次数过多，请重新获取验证码")]})
    if not constant_time_compare(row.code_hash, hash_of_code(contact_hash, code)):
        raise InvalidInput({"code": [_("验证码不正确")]})
    return row


def _made_before(values: Mapping[str, Any], contact_hash: str) -> tuple[Enquiry, VisitorLink]:
    """The enquiry that this code has confirmed, where its newest question is this very one."""
    enquiry = (
        Enquiry.objects.filter(kind=values["kind"], listing_id=values["listing_id"])
        .filter(visitor__contact_hash=contact_hash)
        .first()
    )
    last = Message.objects.filter(enquiry=enquiry, side=ASKER).order_by("-id").first()
    link = VisitorLink.objects.filter(enquiry=enquiry, revoked_at=None).order_by("-id").first()
    if enquiry is None or link is None or last is None or last.text != values["text"]:
        raise InvalidInput({"code": [_("这个验证码已经用过，请重新获取")]})
    return enquiry, link


def _make(values: Mapping[str, Any], contact_hash: str) -> Enquiry:
    kind = kind_named(values["kind"])
    model = kind.model._default_manager  # noqa: SLF001 -- Django's documented name for it
    found = model.filter(pk=values["listing_id"]).first()
    if found is None:
        raise Refused(_("这条信息已下架或已结束，不能再咨询"))
    listing = open_listing(kind, found)
    contact = values["contact"]
    by_phone = contact.startswith("+")
    said = {
        "name": values["name"],
        "organization": values["organization"],
        "shares_contact": values["shares_contact"],
        "language": values["language"],
        "consent_version": CONSENT_VERSION,
        "consented_at": clock.now(),
    }
    visitor, _is_new = VisitorContact.objects.update_or_create(
        kind=kind.name,
        listing_id=listing.pk,
        contact_hash=contact_hash,
        defaults=said,
        create_defaults={
            **said,
            "email": "" if by_phone else contact,
            "phone": contact if by_phone else "",
        },
    )
    existing = Enquiry.objects.filter(visitor=visitor).values_list("pk", flat=True).first()
    return begin_or_go_on(
        kind,
        listing,
        values["text"],
        actor=Guest(existing) if existing is not None else _NOBODY_YET,
        visitor=visitor,
        pool_consent=values["pool_consent"],
    )


# --- links ------------------------------------------------------------------------------------
#: What a link is sent with: the subject of the mail. The mail's text and the text message have its name.
_ABOUT = {
    "visitor_link": _("查看您的咨询"),
    "visitor_silent": _("您的咨询还没有得到答复"),
    "visitor_lead": _("有技术经纪人愿意跟进您的咨询"),
    "visitor_met": _("对方与您联系上了吗？"),
}


def send_link(
    enquiry: Enquiry, *, told_of: int | None = None, message: str = "visitor_link"
) -> VisitorLink:
    """Make a link to an enquiry of a visitor and send it to the contact. Needs a transaction.

    `told_of` is the message that it tells of; a second link for the same message raises IntegrityError.
    `message` is a name of `_ABOUT`. No message carries a text of the visitor's or of the owner's.
    """
    visitor = enquiry.visitor
    if visitor is None:
        raise TypeError("only a visitor has a link")
    token = secrets.token_urlsafe(32)
    link = VisitorLink.objects.create(
        enquiry=enquiry,
        token_hash=hash_of(token),
        expires_at=clock.now() + LINK_ENDS,
        told_of=told_of,
    )
    language = visitor.language
    with translation.override(language):
        url = settings.SITE_URL.rstrip("/") + reverse("enquiries:by_link", args=[token])
        if visitor.phone:
            send_sms(visitor.phone, message, language=language, url=url)
        else:
            _mail(
                visitor.email, str(_ABOUT[message]), f"enquiries/mail/{message}.txt", {"url": url}
            )
    return link


def tell_visitor(enquiry: Enquiry, message_id: int) -> None:
    """Tell a visitor of an answer by a fresh link; once for each message."""
    if VisitorLink.objects.filter(told_of=message_id).exists():
        return
    try:
        with transaction.atomic():
            send_link(enquiry, told_of=message_id)
    except IntegrityError:
        return  # another worker has told of it


def tell_visitor_of_silence(enquiry: Enquiry) -> None:
    """Tell a visitor that nobody has answered; once for each question that waits."""
    newest = Message.objects.filter(enquiry=enquiry, side=ASKER).order_by("-pk").first()
    if newest is not None:
        _tell_once(enquiry, f"silent:{newest.pk}", "visitor_silent")


def tell_visitor_of_erasing(enquiry: Enquiry) -> None:
    """Tell a visitor that the enquiry and the contact are being erased. There is no link: nothing is left to open.

    A message that can't be sent keeps nothing from being erased: the address may be the very thing that is wrong.
    """
    visitor = enquiry.visitor
    if visitor is None or enquiry.is_sample:
        return
    try:
        with translation.override(visitor.language):
            if visitor.phone:
                send_sms(visitor.phone, "visitor_erased", language=visitor.language)
            else:
                title = _now("您的咨询和联系方式已删除")
                _mail(visitor.email, title, "enquiries/mail/visitor_erased.txt", {})
    except (OSError, SmsError) as error:
        # Neither address nor text: SMTP errors quote the recipient.
        logger.warning("enquiry %s: not told of erasing: %s", enquiry.code, type(error).__name__)


def tell_visitor_of_broker(lead: Lead) -> None:
    """Ask a visitor whether the broker who has taken the lead may see text and contact; once for each broker."""
    taking = lead.takings.filter(ended_at=None).first()
    if taking is not None:
        _tell_once(lead.enquiry, f"taking:{taking.pk}", "visitor_lead")


def ask_visitor_whether_met(enquiry: Enquiry, occasion: str) -> None:
    """Ask a visitor by a link whether the owner got in touch; once for each occasion."""
    question = enquiry.met_questions.filter(occasion=occasion).first()
    if question is not None:
        _tell_once(enquiry, f"met:{question.pk}", "visitor_met")


def _tell_once(enquiry: Enquiry, about: str, message: str) -> None:
    """Send a link with this message, unless it was sent: the constraint makes a second worker give way."""
    if enquiry.visitor is None or enquiry.is_sample or enquiry.erased_at is not None:
        return
    try:
        with transaction.atomic():
            VisitorTold.objects.create(enquiry=enquiry, about=about)
            send_link(enquiry, message=message)
    except IntegrityError:
        return


def renew_link(link: VisitorLink, *, network: str) -> None:
    """Send a fresh link to the contact of an old one. Raises Refused when it was revoked, TooMany."""
    if link.revoked_at is not None:
        raise Refused(_("链接已按您的要求作废"))
    throttle.spend("enquiries-link-contact", str(link.enquiry_id), "3/1h")
    throttle.spend("enquiries-link-network", network, "30/1h")
    with transaction.atomic():
        send_link(link.enquiry)


def revoke_links(enquiry: Enquiry) -> int:
    """Make every link to this enquiry useless; how many there were."""
    links = VisitorLink.objects.filter(enquiry=enquiry, revoked_at=None)
    return links.update(revoked_at=clock.now())


def purge_codes() -> int:
    """Delete codes that ended a day ago; how many."""
    old = clock.now() - timedelta(days=1)
    return VisitorCode.objects.filter(expires_at__lt=old).delete()[0]


def _mail(to: str, title: str, template: str, context: Mapping[str, Any]) -> None:
    text = render_to_string(template, {**context, "site_name": settings.SITE_NAME})
    send_mail(f"[{settings.SITE_NAME}] {title}", text, None, [to])
