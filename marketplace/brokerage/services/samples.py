"""Sample brokers, marked `is_sample` and removable, through the services that people use."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.db.models import ProtectedError

from marketplace.brokerage import events
from marketplace.brokerage.models import Broker
from marketplace.brokerage.services import certificates, entry, register
from marketplace.journal.services import publish
from marketplace.kernel import clock
from marketplace.parties import services as parties
from marketplace.parties.models import Organization, User
from marketplace.parties.policies import Role
from marketplace.parties.services.samples import create_sample_user
from marketplace.web.slices import Kept

REGISTRAR = "registrar@sample.example"
_COLUMNS = (
    *("name", "name_en", "employment", "unit", "fields", "industries", "districts", "languages"),
    *("introduction", "introduction_en", "phone", "email", "consents"),
)


@transaction.atomic
def load_sample_broker(
    row: Mapping[str, Any], organizations: Mapping[str, Organization]
) -> Broker | None:
    """Make the entry of one row, brought to its state by the moves that people make.

    None when the person has an entry already. A unit's consent is given by its own approver.
    """
    person = _person(row, organizations)
    if Broker.objects.filter(user=person).exists():
        return None
    broker = register.apply(actor=person)
    values = {name: row[name] for name in _COLUMNS if name in row}
    org = organizations.get(row.get("organization", ""))
    values |= {"organization": org.code if org else "", "declared": True}
    broker = entry.save_entry(broker, values, row.get("trainings", []), actor=person)
    for one in row.get("certificates", []):
        days = {
            name: date.fromisoformat(one[name])
            for name in ("valid_from", "valid_until")
            if name in one
        }
        if "ends_in_days" in one:
            days["valid_until"] = clock.today() + timedelta(days=one["ends_in_days"])
        given = {"name": "", "valid_until": None, **one, **days}
        given.pop("ends_in_days", None)
        certificates.save_certificate(broker, given, actor=person)
    broker.refresh_from_db()
    _advance(broker, person, row, org)
    return broker


def _person(row: Mapping[str, Any], organizations: Mapping[str, Organization]) -> User:
    found = User.objects.filter(email=row["account"]).first()
    org = organizations.get(row.get("organization", ""))
    if found is not None and org is None:
        return found
    return create_sample_user(
        row["account"],
        name=row["name"],
        password=None,
        org=org,
        roles=[],
    )


def _advance(
    broker: Broker, person: User, row: Mapping[str, Any], org: Organization | None
) -> None:
    state = row["state"]
    if org is not None and row["employment"] == "university" and row.get("unit_agrees"):
        approver = approver_of(org)
        entry.give_consent(broker, actor=approver)
    if state == "draft":
        return
    broker = register.submit(broker, actor=person)
    registrar = User.objects.get(email=REGISTRAR)
    said = {"reasons": row.get("reasons", []), "remark": row.get("remark", "")}
    if state in {"returned", "declined"}:
        move = {"returned": "return", "declined": "decline"}[state]
        register.decide(broker, move, actor=registrar, **said)
        return
    if state == "submitted":
        return
    broker = register.enter(broker, actor=registrar)
    days = timedelta(days=row.get("entered_days_ago", 0))
    Broker.objects.filter(pk=broker.pk).update(entered_at=clock.now() - days)
    if state in {"suspended", "removed"}:
        move = {"suspended": "suspend", "removed": "remove"}[state]
        register.decide(broker, move, actor=registrar, **said)


def approver_of(org: Organization) -> User:
    """A member who may bind the organisation, other than the applicant."""
    found = User.objects.filter(
        memberships__organization=org, memberships__left_at=None, is_sample=True
    ).exclude(memberships__role="member")
    return found.order_by("pk").first() or create_sample_user(
        f"approver-{org.code.lower()}@sample.example",
        name=org.contact_name or org.name,
        password=None,
        org=org,
        org_role="org_admin",
    )


@transaction.atomic
def remove_samples() -> tuple[dict[str, int], list[Kept]]:
    """Delete sample entries with their files; what real rows refer to stays and is named."""
    gone: list[str] = []
    left: list[Kept] = []
    for broker in Broker.objects.filter(is_sample=True).select_related("user").order_by("pk"):
        try:
            with transaction.atomic():
                entry.remove_files_of(broker)
                broker.delete()
                parties.dismiss(broker.user, Role.BROKER, actor=None)
        except ProtectedError as error:
            left.append(
                Kept(f"{broker.name} {broker.code}", str(next(iter(error.protected_objects))))
            )
        else:
            gone.append(broker.code)
    if gone:
        publish(events.BrokerSamplesChanged(subject_id=0, codes=gone), actor=None)
    return {"brokers": len(gone)}, left
