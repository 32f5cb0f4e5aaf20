"""Notifying people, in the app and by mail, and what they do with it."""

import hashlib
import json
import logging
import smtplib
import uuid
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.mail import EmailMessage
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse, translate_url
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme

from marketplace.journal import context
from marketplace.journal.services import publish
from marketplace.kernel import clock
from marketplace.kernel.actors import Actor
from marketplace.kernel.revisions import Rev, check
from marketplace.notices import kinds, queries
from marketplace.notices.events import NoticesPosted
from marketplace.notices.models import Notice, NoticePreference

logger = logging.getLogger(__name__)

_BATCH = 500


@transaction.atomic
def notify(
    kind: str,
    recipients: Iterable[Any],
    *,
    title: Any,
    params: Mapping[str, Any] | None = None,
    body: Any = "",
    url: str = "",
    subject: tuple[str, int] | None = None,
    dedupe: str = "",
    actor: Actor | None = None,
) -> int:
    """Create a notice for each of these users, with a mail for those who chose mail for this kind.

    `title` and `body` are msgids (lazy or plain) with `%(name)s` for `params` (plain JSON values);
    `url` is a path of this site. Called again by a repeated handler it makes nothing twice: the key
    is `dedupe`, or else the journal entry being handled with kind, subject, words and address. A
    batch handler gives `dedupe` itself. Returns how many notices are new. Raises LookupError for an
    unknown kind, ValueError for a foreign address.
    """
    known = kinds.kind_named(kind)
    if url and not is_own_path(url):
        raise ValueError("a notice leads to a page of this site only")
    people = {person.pk: person for person in recipients if person.is_active}
    if not people:
        return 0
    words = {
        "title_id": _msgid(title),
        "body_id": _msgid(body),
        "params": {name: _plain(value) for name, value in (params or {}).items()},
        "url": url,
    }
    key = _key(dedupe, kind, subject, words)
    wishes = queries.mail_wishes(kind, people)
    count = 0
    ids = sorted(people)
    for start in range(0, len(ids), _BATCH):
        rows = [
            Notice(
                recipient_id=pk,
                kind=kind,
                mail=_mail_status(people[pk], wishes.get(pk, known.mail_default)),
                entry_id=context.entry_id.get(),
                dedupe=key,
                **words,
            )
            for pk in ids[start : start + _BATCH]
        ]
        count += _post(rows, key, actor)
    return count


def _post(rows: list[Notice], key: str, actor: Actor | None) -> int:
    """Insert the notices that do not exist yet, and publish an event for exactly those."""
    codes = {row.code for row in rows}
    Notice.objects.bulk_create(rows, ignore_conflicts=True)
    ids = list(
        Notice.objects.filter(dedupe=key, recipient__in=[row.recipient_id for row in rows])
        .filter(code__in=codes)
        .order_by("id")
        .values_list("id", flat=True)
    )
    if ids:
        publish(NoticesPosted(subject_id=ids[0], ids=ids), actor=actor)
    return len(ids)


def _key(dedupe: str, kind: str, subject: tuple[str, int] | None, words: Mapping[str, Any]) -> str:
    entry = context.entry_id.get()
    if not dedupe and entry is None:
        return uuid.uuid4().hex
    what = [kind, dedupe] if dedupe else [kind, entry, subject, words]
    plain = json.dumps(what, sort_keys=True, ensure_ascii=True)
    return hashlib.sha256(plain.encode()).hexdigest()


def _mail_status(person: Any, wanted: bool) -> str:
    reachable = bool(person.email) and getattr(person, "email_verified_at", None) is not None
    return Notice.Mail.PENDING if wanted and reachable else Notice.Mail.NONE


def _msgid(text: Any) -> str:
    """The msgid of a lazy translation: its text when no language is active."""
    with translation.override(None):
        return str(text)


def _plain(value: Any) -> Any:
    return value if isinstance(value, str | int) and not hasattr(value, "_wrapped") else str(value)


def is_own_path(url: str) -> bool:
    """Whether a URL is a path of this site that no browser resolves to another site."""
    return url.startswith("/") and url_has_allowed_host_and_scheme(url, allowed_hosts=None)


def address_of(page: str, *args: object) -> str:
    """The address of a URL name as notices keep it: in the default language."""
    with translation.override(settings.LANGUAGE_CODE):
        return reverse(page, args=args)


def path_in(url: str, language: str) -> str:
    """The same page in this language; addresses are kept as they are in the default one."""
    with translation.override(settings.LANGUAGE_CODE):
        return translate_url(url, language)


def mark_read(notice: Notice) -> None:
    """Store when its reader opened it first."""
    Notice.objects.filter(pk=notice.pk, read_at=None).update(read_at=clock.now())


def mark_all_read(user: Actor) -> int:
    """Mark all notices of a person as read; return how many were unread."""
    return Notice.objects.filter(recipient_id=user.pk, read_at=None).update(read_at=clock.now())


@transaction.atomic
@transaction.atomic
def choose_mail(user: Actor, wanted: Iterable[str], *, rev: Rev = None) -> None:
    """Keep a person's choices: these kinds by mail, every other kind in the app only.

    Raises Stale when `rev` is not the person's `mail_state`.
    """
    get_user_model().objects.select_for_update().get(pk=user.pk)
    check(queries.mail_state(user), rev, user)
    chosen = set(wanted)
    NoticePreference.objects.bulk_create(
        [
            NoticePreference(user_id=user.pk, kind=kind.name, mail=kind.name in chosen)
            for kind in kinds.all_kinds()
        ],
        update_conflicts=True,
        unique_fields=["user", "kind"],
        update_fields=["mail"],
    )


def send_mails(ids: Iterable[int]) -> int:
    """Mail these notices, each once; returns how many were sent.

    A notice is marked right after its mail was handed over; one that was refused for good is marked
    as failed. Should the process die between the two, the mail goes out again under the same
    Message-ID. Raises the last fault after all were tried, so that the delivery is tried again.
    """
    sent, fault = 0, None
    for notice in queries.waiting_for_mail(ids):
        try:
            _mail_of(notice).send()
        except smtplib.SMTPRecipientsRefused:
            _settle(notice, Notice.Mail.FAILED)
        except (smtplib.SMTPException, OSError) as error:
            fault = error
        else:
            _settle(notice, Notice.Mail.SENT)
            sent += 1
    if fault is not None:
        raise fault
    return sent


def _settle(notice: Notice, status: str) -> None:
    Notice.objects.filter(pk=notice.pk).update(mail=status, mailed_at=clock.now())


def _mail_of(notice: Notice) -> EmailMessage:
    """The plain-text mail of a notice in its reader's language."""
    language = getattr(notice.recipient, "language", "") or settings.LANGUAGE_CODE
    with translation.override(language):
        title = " ".join(notice.title.split())
        text = render_to_string(
            "notices/mail/notice.txt",
            {
                "notice": notice,
                "name": notice.recipient.get_full_name(),
                "link": settings.SITE_URL.rstrip("/") + notice.open_url,
                "site_name": settings.SITE_NAME,
            },
        )
        host = urlsplit(settings.SITE_URL).hostname or "localhost"
        return EmailMessage(
            subject=f"[{settings.SITE_NAME}] {title}",
            body=text,
            to=[str(notice.recipient.email)],
            headers={"Message-ID": f"<{notice.code}@{host}>", "Auto-Submitted": "auto-generated"},
        )
