"""Certificates of an entry: added and changed by the broker, checked by a registrar."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from marketplace.brokerage import events, queries
from marketplace.brokerage.models import Broker, Certificate
from marketplace.brokerage.services.entry import IN_REGISTER, SCAN, add_files, check_open, tell
from marketplace.brokerage.services.register import lock, touch
from marketplace.files import queries as files_queries
from marketplace.files import services as files
from marketplace.journal.services import publish
from marketplace.kernel import clock
from marketplace.kernel.errors import Forbidden, InvalidInput, NotVisible, Refused
from marketplace.kernel.models import insert
from marketplace.kernel.revisions import Rev, check
from marketplace.parties.models import User

#: Certificates that one entry may list.
MOST_CERTIFICATES = 20
_CERTIFICATE = ("scheme", "level", "name", "number", "issuer", "valid_from", "valid_until")


@transaction.atomic
def save_certificate(
    broker: Broker,
    values: Mapping[str, Any],
    certificate: Certificate | None = None,
    *,
    actor: User,
    rev: Rev = None,
) -> Certificate:
    """Add or change a certificate; one that a registrar had checked must be checked again.

    Raises Forbidden, Refused, Stale, InvalidInput for a reversed period and for a number that the
    entry lists already.
    """
    row = lock(broker)
    check_open(row, actor)
    check(row.rev, rev, row)
    until = values.get("valid_until")
    if until is not None and until < values["valid_from"]:
        raise InvalidInput({"valid_until": [_("有效期的截止日不能早于开始日")]})
    if certificate is None:
        if row.certificates.count() >= MOST_CERTIFICATES:
            raise Refused(_("最多登记 %(most)d 张证书") % {"most": MOST_CERTIFICATES})
        certificate = Certificate(broker=row)
    else:
        certificate = _own_certificate(row, certificate.code)
    for name in _CERTIFICATE:
        setattr(certificate, name, values.get(name) if name == "valid_until" else values[name])
    certificate.checked_by = certificate.checked_at = certificate.reminded = None
    try:
        with transaction.atomic():
            if certificate.pk is None:
                insert(certificate)
            else:
                certificate.save()
    except IntegrityError as error:
        raise InvalidInput({"number": [_("这张证书已经登记过，请核对编号")]}) from error
    touch(row, [])
    tell(row, actor)
    return certificate


@transaction.atomic
def remove_certificate(
    broker: Broker, certificate: Certificate, *, actor: User, rev: Rev = None
) -> Broker:
    """Take a certificate and its scans out of the entry. Raises Forbidden, Refused, Stale."""
    row = lock(broker)
    check_open(row, actor)
    check(row.rev, rev, row)
    own = _own_certificate(row, certificate.code)
    for scan in files_queries.attachments_of(SCAN, own.pk):
        files.remove(scan, actor=actor)
    own.delete()
    touch(row, [])
    tell(row, actor)
    return row


def add_scans(
    certificate: Certificate, uploads: "Sequence[UploadedFile[Any]]", *, actor: User
) -> files.Uploaded:
    """Store scans of a certificate; returns what was taken and the reasons against the rest."""
    return add_files(certificate.broker, uploads, SCAN, certificate.pk, actor)


@transaction.atomic
def remove_scans(
    certificate: Certificate, codes: Sequence[str], *, actor: User, rev: Rev = None
) -> Broker:
    """Remove scans by their codes. Raises Forbidden, Refused, Stale, NotVisible for any other file."""
    row = lock(certificate.broker)
    check_open(row, actor)
    check(row.rev, rev, row)
    files.remove_by_code(codes, subject_kind=SCAN, subject_id=certificate.pk, actor=actor)
    touch(row, [])
    return row


def _own_certificate(row: Broker, code: str) -> Certificate:
    found = Certificate.objects.select_for_update().filter(broker=row, code=code).first()
    if found is None:
        raise NotVisible
    return found


@transaction.atomic
def check_certificate(
    broker: Broker, certificate: Certificate, *, actor: User, rev: Rev = None
) -> Broker:
    """A registrar compares a certificate that came later with its scan. From then on it is public.

    Raises Forbidden, Refused for who is not in the register or a number that somebody else holds, Stale.
    """
    row = lock(broker)
    if not actor.has_perm("brokerage.decide_broker", row):
        raise Forbidden
    if row.status not in IN_REGISTER:
        raise Refused(_("入库申请中的证书随申请一并核对"))
    check(row.rev, rev, row)
    own = _own_certificate(row, certificate.code)
    if queries.holders_of_number(row).filter(scheme=own.scheme, number=own.number).exists():
        raise Refused(_("这个证书编号已登记在另一位技术经纪人名下"))
    own.checked_by, own.checked_at = actor, clock.now()
    own.save(update_fields=["checked_by", "checked_at"])
    touch(row, [])
    publish(events.CertificateChecked(subject_id=row.pk, certificate=own.code), actor=actor)
    return row
