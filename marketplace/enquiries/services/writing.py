"""Writing a message into an enquiry."""

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from marketplace.enquiries import events, rulebook
from marketplace.enquiries.models import Enquiry, Message
from marketplace.enquiries.policies import sides
from marketplace.enquiries.rulebook import ASKER, OWNER
from marketplace.enquiries.services.reading import mark_read
from marketplace.enquiries.services.turns import begin_turn
from marketplace.enquiries.workflow import ENQUIRY, Status
from marketplace.files import services as files
from marketplace.files.models import Attachment
from marketplace.journal.services import publish
from marketplace.kernel import clock
from marketplace.kernel.actors import Actor
from marketplace.kernel.errors import Forbidden, InvalidInput, Refused, Stale
from marketplace.kernel.revisions import Rev
from marketplace.parties.policies import access_of

#: The names of a hidden owner that must not go out by accident.
_WARNING = _(
    "内容或文件名里出现了本单位名称“%(name)s”，对方会由此知道您是谁。请修改，或勾选“仍要发送”"
)


@transaction.atomic
def write(
    enquiry: Enquiry,
    text: str,
    *,
    actor: Actor,
    side: str = "",
    seen: Rev = None,
    reason: str = "",
    attachments: Iterable[Attachment] = (),
    names_checked: bool = False,
) -> Message:
    """Write to the other side.

    `seen` is the key of the newest message that the author saw (`queries.newest_message_id`). When
    somebody else has written since, nothing is stored and Stale is raised: the page shows the new message
    beside the text, and sending again is one click. `side` is needed of a person who writes for both. A
    closed enquiry is opened again, with a `reason`. `names_checked`: an anonymous owner knows that its
    name is in the text or in the name of a file.
    Raises Forbidden, InvalidInput at `text`, `side`, `reason` or `names_checked`, Stale.
    """
    enquiry = Enquiry.objects.select_for_update().get(pk=enquiry.pk)
    side = _side_of(actor, enquiry, side)
    taken = list(attachments)
    check_seen(enquiry, seen, actor)
    if sent := _sent_before(enquiry, text, seen, actor):
        return sent
    if not text.strip() and not taken:
        raise InvalidInput({"text": [_("请填写内容")]})
    if len(text) > rulebook.MAX_TEXT:
        raise InvalidInput({"text": [_("最多 %(most)d 个字") % {"most": rulebook.MAX_TEXT}]})
    if side == OWNER and not names_checked:
        check_names(enquiry, [text, reason, *(row.name for row in taken)])
    if enquiry.status == Status.CLOSED:
        reopen_with(enquiry, reason, side=side, actor=actor)
    elif side == OWNER and enquiry.status == Status.OPEN:
        ENQUIRY.fire("answer", enquiry, actor)
        enquiry.rev += 1
    message = add_message(enquiry, text, side=side, actor=actor)
    for row in taken:
        files.bind(row, message.pk, actor=actor)
    publish(
        events.MessageWritten(subject_id=enquiry.pk, message_id=message.pk, side=side),
        actor=actor,
    )
    return message


def check_names(enquiry: Enquiry, texts: Iterable[str]) -> None:
    """Raise InvalidInput at `names_checked` where a text gives a hidden owner away."""
    if not enquiry.owner_is_hidden:
        return
    owner = enquiry.owner
    found = rulebook.names_in(texts, [owner.name, owner.name_en])
    if found:
        raise InvalidInput({"names_checked": [_WARNING % {"name": found[0]}]})


def check_own_words(
    enquiry: Enquiry, texts: Iterable[str], *, actor: Actor, names_checked: bool
) -> None:
    """The same for what a person writes down beside the conversation: an intent, a step, a note, an end.

    Whoever asks alone may guess: a refusal would say that the guess was right.
    """
    if not names_checked and sides(actor, enquiry) != {ASKER}:
        check_names(enquiry, texts)


def reopen_with(enquiry: Enquiry, reason: str, *, side: str, actor: Actor) -> None:
    """Open a closed enquiry again, for a message that follows.

    Raises InvalidInput at `reason`, Refused where a visitor's contact was erased: nobody is there to read it.
    """
    if enquiry.erased_at is not None and enquiry.visitor_id is not None:
        raise Refused(_("访客的联系方式已删除，不能再联系"))
    if not reason.strip():
        raise InvalidInput({"reason": [_("这条咨询已结束，请说明为什么重新开启")]})
    ENQUIRY.fire("reopen" if side == OWNER else "ask_again", enquiry, actor)
    # What is written from now on has a period of its own.
    enquiry.erased_at = None
    enquiry.rev += 1
    enquiry.closed_at, enquiry.closing_reason, enquiry.closing_note = None, "", ""
    add_message(enquiry, reason, side=side, actor=actor, kind=Message.Kind.SYSTEM)
    publish(events.EnquiryReopened(subject_id=enquiry.pk, side=side), actor=actor)


def add_message(
    enquiry: Enquiry,
    text: str,
    *,
    side: str,
    actor: Actor,
    kind: str = Message.Kind.MESSAGE,
    **values: Any,
) -> Message:
    """Store a message and bring the locked enquiry in step; no rights, no event. The caller publishes."""
    org = enquiry.org_of(side) if side else None
    now = clock.now()
    message = Message.objects.create(
        enquiry=enquiry,
        side=side,
        kind=kind,
        author_id=actor.pk,
        organization=org,
        on_behalf=org is not None and not access_of(actor).in_org(org.pk),
        text=text,
        at=now,
        **values,
    )
    if side and kind != Message.Kind.SYSTEM:
        begin_turn(enquiry, side, at=now)
    if side:
        enquiry.last_message_at, enquiry.last_side = now, side
        if side == OWNER and enquiry.first_answer_at is None and kind != Message.Kind.SYSTEM:
            enquiry.first_answer_at = now
    enquiry.updated_at = now
    enquiry.save()
    mark_read(enquiry, actor=actor, to=now)
    return message


def _side_of(actor: Actor, enquiry: Enquiry, wanted: str) -> str:
    """The side that a person writes for. Raises Forbidden, and InvalidInput for one who must choose."""
    held = sides(actor, enquiry)
    if not held:
        raise Forbidden
    if wanted:
        if wanted not in held:
            raise Forbidden
        return wanted
    if len(held) > 1:
        raise InvalidInput({"side": [_("请选择代表哪一方")]})
    return next(iter(held))


def _sent_before(enquiry: Enquiry, text: str, seen: Rev, actor: Actor) -> Message | None:
    """The message that a visitor has sent from this very page already: without an account there is no one-time key."""
    if actor.pk is not None or seen is None:
        return None
    mine = Message.objects.filter(enquiry=enquiry, side=ASKER, author=None, pk__gt=int(seen))
    return mine.filter(text=text).first()


def check_seen(enquiry: Enquiry, seen: Rev, actor: Actor) -> None:
    """Raise Stale when somebody else has written since the page was made."""
    if seen is None:
        return
    if not str(seen).isascii() or not str(seen).isdecimal() or len(str(seen)) > 18:
        raise InvalidInput({"rev": [_("页面没有说明依据哪个版本，请刷新后再提交")]})
    newer = Message.objects.filter(enquiry=enquiry, pk__gt=int(seen))
    newer = newer.exclude(side=ASKER) if actor.pk is None else newer.exclude(author_id=actor.pk)
    if newer.exists():
        raise Stale(enquiry)
