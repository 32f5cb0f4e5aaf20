"""Questions about notices."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import F, QuerySet

from marketplace.kernel.actors import Actor
from marketplace.kernel.errors import NotVisible
from marketplace.kernel.revisions import state_of
from marketplace.notices import kinds
from marketplace.notices.models import Notice, NoticePreference

#: A count beyond this is shown as "99+", and nothing further is counted.
COUNTED = 100


@dataclass(frozen=True)
class Choice:
    """One line of the preferences page."""

    kind: str
    label: Any
    mail: bool


def notices_of(user: Actor) -> QuerySet[Notice]:
    """A person's notices, unread ones first, then the newest."""
    return Notice.objects.filter(recipient_id=user.pk).order_by(
        F("read_at").asc(nulls_first=True), "-id"
    )


def notice_of(user: Actor, code: str) -> Notice:
    """A person's own notice of this code. Raises NotVisible for any other."""
    notice = Notice.objects.filter(recipient_id=user.pk, code=code).first()
    if notice is None:
        raise NotVisible
    return notice


def unread_count(user: Actor) -> int:
    """How many unread notices a person has, at most COUNTED; one short index scan."""
    return Notice.objects.filter(recipient_id=user.pk, read_at=None)[:COUNTED].count()


def mail_choices(user: Actor) -> list[Choice]:
    """Every kind with whether this person gets it by mail, one query."""
    own = dict(NoticePreference.objects.filter(user_id=user.pk).values_list("kind", "mail"))
    return [
        Choice(kind.name, kind.label, own.get(kind.name, kind.mail_default))
        for kind in kinds.all_kinds()
    ]


def mail_state(user: Actor) -> str:
    """A short text that changes with a person's choices about mail."""
    return state_of(*(choice.kind for choice in mail_choices(user) if choice.mail))


def mail_wishes(kind: str, user_ids: Iterable[int]) -> dict[int, bool]:
    """The stored choices of these people about one kind, by user id, one query."""
    return dict(
        NoticePreference.objects.filter(kind=kind, user_id__in=list(user_ids)).values_list(
            "user_id", "mail"
        )
    )


def waiting_for_mail(ids: Iterable[int]) -> QuerySet[Notice]:
    """Which of these notices are still to be mailed, with their readers."""
    return (
        Notice.objects.filter(pk__in=list(ids), mail=Notice.Mail.PENDING)
        .select_related("recipient")
        .order_by("id")
    )
