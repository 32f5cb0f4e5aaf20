"""What a broker says of himself: the entry, its certificates and files, and the consent of the unit."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from marketplace.brokerage import events, queries
from marketplace.brokerage.models import Broker, Training
from marketplace.brokerage.rulebook import CONSENTS, Employment
from marketplace.brokerage.services.register import lock, touch
from marketplace.brokerage.workflow import BrokerStatus
from marketplace.files import queries as files_queries
from marketplace.files import services as files
from marketplace.files.models import Attachment
from marketplace.journal.services import publish
from marketplace.kernel import clock
from marketplace.kernel.errors import Forbidden, InvalidInput, NotVisible, Refused
from marketplace.kernel.revisions import Rev, check
from marketplace.listings.rulebook import contacts_in
from marketplace.parties import queries as parties
from marketplace.parties.models import User

#: Kinds of subject of the files of an entry.
PORTRAIT, LETTER, SCAN = "brokerage.portrait", "brokerage.broker", "brokerage.certificate"
#: What a registrar has checked stays as it is until the person leaves the register.
_CHECKED = ("name", "employment")
_TEXTS = ("name_en", "unit", "introduction", "introduction_en", "phone", "email")
_LISTS = ("fields", "industries", "districts", "languages")
_OPEN = frozenset(
    {
        BrokerStatus.DRAFT,
        BrokerStatus.RETURNED,
        BrokerStatus.ENTERED,
        BrokerStatus.SUSPENDED,
    }
)
IN_REGISTER = frozenset({BrokerStatus.ENTERED, BrokerStatus.SUSPENDED})


@transaction.atomic
def save_entry(
    broker: Broker,
    values: Mapping[str, Any],
    trainings: Sequence[Mapping[str, Any]] | None = None,
    *,
    remove: Sequence[str] = (),
    actor: User,
    rev: Rev = None,
) -> Broker:
    """Store what the form says; `values` has the columns, `organization` as a code and `consents`.

    `consents` lists the items of `rulebook.CONSENTS` that may be published from now on: an item that is
    not in it is no longer shown. `trainings` replaces the rows, `remove` are codes of files. Raises
    Forbidden, Refused in a state in which nothing is edited, Stale, InvalidInput at the fields.
    """
    row = lock(broker)
    check_open(row, actor)
    check(row.rev, rev, row)
    if errors := _errors(row, values, actor):
        raise InvalidInput(errors)
    columns = [name for name in (*_TEXTS, *_LISTS, *_CHECKED) if name in values]
    for name in columns:
        setattr(row, name, values[name])
    if "organization" in values:
        _set_organization(row, values["organization"])
    if "declared" in values:
        row.declared_at = (row.declared_at or clock.now()) if values["declared"] else None
    if "consents" in values:
        now = clock.now().isoformat()
        wanted = [item for item in CONSENTS if item in values["consents"]]
        row.consents = {item: row.consents.get(item, now) for item in wanted}
    if trainings is not None:
        row.trainings.all().delete()
        Training.objects.bulk_create(Training(broker=row, **one) for one in trainings)
    touch(
        row,
        [*columns, "organization", "consented_by", "consented_at", "declared_at", "consents"],
    )
    _remove_files(row, remove, actor)
    tell(row, actor)
    return row


def _errors(row: Broker, values: Mapping[str, Any], actor: User) -> dict[str, list[Any]]:
    errors: dict[str, list[Any]] = {}
    if values.get("employment") == Employment.CIVIL_SERVANT:
        errors["employment"] = [
            _("公务员不得从事或参与营利性活动（公务员法第五十九条第十六项），不能登记为技术经纪人")
        ]
    if row.status in IN_REGISTER:
        for name in _CHECKED:
            if name in values and values[name] != getattr(row, name):
                errors[name] = [_("登记员已核对，入库期间不能自行修改；需要变更时请退出后重新申请")]
        if row.status == BrokerStatus.ENTERED and "entry" not in values.get("consents", ["entry"]):
            errors["consent_entry"] = [_("入库期间基本信息须公开；不再公开请退出登记")]
    for name in ("introduction", "introduction_en", "unit"):
        if spotted := contacts_in(values.get(name) or ""):
            said = {"what": spotted[0].what, "text": spotted[0].text}
            errors[name] = [
                _("这里有%(what)s“%(text)s”，请删去：联系方式有单独的栏目，由您决定是否公开") % said
            ]
    code = values.get("organization")
    if code and code not in _own_codes(row, actor):
        errors["organization"] = [_("只能选择您所在的单位")]
    return errors


def _own_codes(row: Broker, actor: User) -> set[str]:
    """The organisations that the person works for, and the one that the entry has already."""
    own = {member.organization.code for member in parties.organizations_of(actor)}
    return own | ({row.organization.code} if row.organization else set())


def _set_organization(row: Broker, code: str) -> None:
    if code == (row.organization.code if row.organization else ""):
        return
    if row.status in IN_REGISTER and row.employment == Employment.UNIVERSITY:
        raise InvalidInput(
            {"organization": [_("在职人员更换单位须由新单位同意，请退出后重新申请")]}
        )
    row.organization = parties.organization_of_code(code) if code else None
    # The consent was that of the other unit.
    row.consented_by = row.consented_at = None


def check_open(row: Broker, actor: User) -> None:
    if not actor.has_perm("brokerage.edit_broker", row):
        raise Forbidden
    if row.status == BrokerStatus.SUBMITTED:
        raise Refused(_("申请已提交，核对结束前不能修改；需要修改时请先撤回"))
    if row.status not in _OPEN:
        raise Refused(_("登记已结束，请先重新申请"))


def _remove_files(row: Broker, codes: Sequence[str], actor: User) -> None:
    """Remove files of the entry by code. Raises NotVisible for any other's."""
    if not codes:
        return
    wanted = set(codes)
    for kind in (PORTRAIT, LETTER):
        own = {one.code for one in files_queries.attachments_of(kind, row.pk)} & wanted
        if own:
            files.remove_by_code(sorted(own), subject_kind=kind, subject_id=row.pk, actor=actor)
        wanted -= own
    if wanted:
        raise NotVisible


def tell(row: Broker, actor: User) -> None:
    publish(events.BrokerEdited(subject_id=row.pk, consents=list(row.consents)), actor=actor)


def add_letters(
    broker: Broker, uploads: "Sequence[UploadedFile[Any]]", *, actor: User
) -> files.Uploaded:
    """Store the written consent of the unit; returns what was taken and the reasons against the rest."""
    return add_files(broker, uploads, LETTER, broker.pk, actor)


def set_portrait(broker: Broker, upload: "UploadedFile[Any]", *, actor: User) -> files.Uploaded:
    """Store a photograph, encoded anew, in place of the one before. Raises Forbidden, Refused."""
    before = files_queries.attachments_of(PORTRAIT, broker.pk)
    stored = add_files(broker, [upload], PORTRAIT, broker.pk, actor)
    if stored.taken:
        for old in before:
            files.remove(old, actor=actor)
    return stored


def add_files(
    broker: Broker,
    uploads: "Sequence[UploadedFile[Any]]",
    kind: str,
    subject_id: int,
    actor: User,
) -> files.Uploaded:
    # Examining a file takes seconds: it happens before the row is locked.
    check_open(Broker.objects.get(pk=broker.pk), actor)
    stored = files.store_uploads(
        uploads,
        subject_kind=kind,
        subject_id=subject_id,
        actor=actor,
        audience=Attachment.Audience.PUBLIC if kind == PORTRAIT else Attachment.Audience.RESTRICTED,
    )
    if stored.taken:
        with transaction.atomic():
            row = lock(broker)
            touch(row, [])
            tell(row, actor)
    return stored


def remove_files_of(row: Broker) -> None:
    """Remove every file of an entry: photograph, letters, scans. For an entry that is deleted."""
    scans = files_queries.attachments_for(SCAN, row.certificates.values_list("pk", flat=True))
    found = [one for rows in scans.values() for one in rows]
    for kind in (PORTRAIT, LETTER):
        found += files_queries.attachments_of(kind, row.pk)
    for one in found:
        files.remove(one, actor=None)


# --- the consent of the unit ------------------------------------------------------------------
@transaction.atomic
def give_consent(broker: Broker, *, actor: User, rev: Rev = None) -> Broker:
    """An approver of the unit agrees on line that its member works as a broker.

    Raises Forbidden, Refused when none is asked for, Stale.
    """
    row = lock(broker)
    if not actor.has_perm("brokerage.consent_broker", row):
        raise Forbidden
    if not queries.waits_for_consent(row):
        raise Refused(_("这份登记不需要单位同意，或单位已经同意"))
    check(row.rev, rev, row)
    row.consented_by, row.consented_at = actor, clock.now()
    touch(row, ["consented_by", "consented_at"])
    publish(
        events.BrokerConsented(subject_id=row.pk, organization_id=row.organization_id or 0),
        actor=actor,
    )
    return row


# --- what follows from facts elsewhere --------------------------------------------------------
@transaction.atomic
def leave_organization(user_id: int, organization_id: int) -> bool:
    """A person works for an organisation no more: the entry must not name it. False without one."""
    row = Broker.objects.select_for_update().filter(user_id=user_id).first()
    if row is None or row.organization_id != organization_id:
        return False
    row.organization = None
    row.consented_by = row.consented_at = None
    touch(row, ["organization", "consented_by", "consented_at"])
    publish(events.BrokerEdited(subject_id=row.pk, consents=list(row.consents)), actor=None)
    return True
