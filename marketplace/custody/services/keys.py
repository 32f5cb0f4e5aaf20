"""Keeping the key record that a page made, and rehearsing it."""

import hmac
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from marketplace.custody import events, queries, sealing
from marketplace.custody.models import Custodian, CustodianKey, Rehearsal
from marketplace.custody.rulebook import TIME_TO_ANSWER
from marketplace.custody.services.locking import locked, save
from marketplace.custody.workflow import Status
from marketplace.journal.services import publish
from marketplace.kernel import clock
from marketplace.kernel.actors import Actor
from marketplace.kernel.errors import Forbidden, InvalidInput, Refused
from marketplace.kernel.models import insert
from marketplace.kernel.revisions import Rev, check


@transaction.atomic
def keep_key(
    custodian: Custodian, record: Any, *, actor: Actor, rev: Rev = None
) -> tuple[CustodianKey, Rehearsal]:
    """Store a key record, retire the key before, and ask for a rehearsal of the new one.

    Raises Forbidden, Refused for a custodian who is not in office or not fit, Stale, InvalidInput at `record`.
    """
    row = locked(custodian.pk)
    if not actor.has_perm("custody.hold_custodian", row):
        raise Forbidden
    if row.status != Status.ACTIVE:
        raise Refused(_("接受任命后才能生成密钥"))
    check(row.rev, rev, row)
    if reasons := queries.fit(row):
        raise Refused("；".join(str(reason) for reason in reasons))
    try:
        held = sealing.check_record(record)
    except sealing.FormatError as error:
        raise InvalidInput({"record": [_("密钥记录不完整或已损坏，请重新生成")]}) from error
    if CustodianKey.objects.filter(key=held["key"]).exists():
        raise InvalidInput({"record": [_("这个密钥已经登记过，请重新生成")]})
    now = clock.now()
    before = CustodianKey.objects.filter(custodian=row, retired_at=None).first()
    if before is not None:
        before.retired_at = now
        before.save(update_fields=["retired_at"])
    key = CustodianKey(custodian=row, key=held["key"], record=held, made_at=now)
    insert(key)
    save(row)
    publish(
        events.CustodianKeyMade(
            subject_id=row.pk, key=key.key, retired=before.key if before else ""
        ),
        actor=actor,
    )
    return key, ask(key, Rehearsal.Cause.KEY, row.code, "", actor=actor)


@transaction.atomic
def ask_rehearsal(
    custodian: Custodian, *, tender: str, lot: str, actor: Actor | None = None
) -> Rehearsal:
    """Ask for a rehearsal of a subject, such as a lot of a tender; both are public codes.

    Returns the one that waits already, if there is one. For slices above: who may ask is theirs to decide.
    Raises Refused for a custodian without a live key.
    """
    row = locked(custodian.pk)
    key = CustodianKey.objects.filter(custodian=row, retired_at=None).first()
    if row.status != Status.ACTIVE or key is None:
        raise Refused(_("密钥保管人不在任或还没有密钥"))
    waiting = Rehearsal.objects.filter(key=key, tender=tender, lot=lot, answered_at=None).first()
    return waiting or ask(key, Rehearsal.Cause.SUBJECT, tender, lot, actor=actor)


def ask(key: CustodianKey, cause: str, tender: str, lot: str, *, actor: Actor | None) -> Rehearsal:
    """Seal a random secret to a key. The custodian is locked."""
    public = sealing.from_base64(key.record["public"])
    test, expected = sealing.rehearsal(tender, lot, key.custodian.code, public)
    now = clock.now()
    row = Rehearsal(
        key=key,
        cause=cause,
        tender=tender,
        lot=lot,
        test=test,
        expected=expected,
        asked_at=now,
        due_at=now + TIME_TO_ANSWER,
    )
    insert(row)
    publish(
        events.RehearsalAsked(subject_id=key.custodian_id, rehearsal_id=row.pk, cause=cause),
        actor=actor,
    )
    return row


@transaction.atomic
def answer_rehearsal(rehearsal: Rehearsal, answer: str, *, actor: Actor) -> Rehearsal:
    """Take the SHA-256 that the page of the custodian computed.

    Raises Forbidden, Refused once it was answered or the key was retired, InvalidInput at `answer`. A late
    answer counts: what matters is that the key opens.
    """
    custodian = locked(rehearsal.key.custodian_id)
    row = Rehearsal.objects.select_related("key", "key__custodian").get(pk=rehearsal.pk)
    if not actor.has_perm("custody.answer_rehearsal", row):
        raise Forbidden
    if row.answered_at is not None:
        raise Refused(_("这次演练已经完成"))
    if row.key.retired_at is not None or custodian.status != Status.ACTIVE:
        raise Refused(_("这个密钥已经停用"))
    if not hmac.compare_digest(answer.encode(), row.expected.encode()):
        raise InvalidInput({"answer": [_("演练结果不正确，请重新输入口令")]})
    row.answered_at = clock.now()
    row.save(update_fields=["answered_at"])
    publish(
        events.RehearsalAnswered(subject_id=custodian.pk, rehearsal_id=row.pk),
        actor=actor,
    )
    return row
