"""Writes of an import of the official register: start, check, confirm, one step of rows, end."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from marketplace.deals.models import Contract
from marketplace.deals.rulebook import flow, in_city
from marketplace.deals.services import propose_origin
from marketplace.deals.services.importing import (
    ImportedParty,
    ImportedRow,
    create_imported,
    update_imported,
)
from marketplace.deals.workflow import Origin
from marketplace.files import storage
from marketplace.journal.jobs import start_job
from marketplace.journal.models import Job
from marketplace.journal.services import publish
from marketplace.kernel import clock
from marketplace.kernel.actors import Actor
from marketplace.kernel.codes import new_code
from marketplace.kernel.errors import Forbidden, InvalidInput, Refused, Stale
from marketplace.parties.policies import access_of
from marketplace.registration import events
from marketplace.registration.models import Filing
from marketplace.registration.models.imports import RegisterImport, RegisterMapping
from marketplace.registration.queries import ledger as ledger_queries
from marketplace.registration.services import ledger
from marketplace.registration.workflow import IMPORT, FilingStatus, ImportStatus, Route

#: Rows of the plan in one step: one transaction.
STEP = 500
MOST_SHOWN = 100
CHECK_JOB, IMPORT_JOB = "registration.check", "registration.import"


def desk_of(actor: Actor) -> str:
    """Whose headings are remembered: the code of the actor's organisation, "" for the city."""
    from marketplace.parties.models import Organization  # noqa: PLC0415 -- one name

    orgs = sorted(access_of(actor).orgs)
    codes = Organization.objects.filter(pk__in=orgs[:1]).values_list("code", flat=True)
    return codes.first() or ""


def remembered(actor: Actor) -> RegisterMapping:
    """The headings that this desk used last; an empty one when there are none."""
    of = desk_of(actor)
    return RegisterMapping.objects.filter(of=of).first() or RegisterMapping(of=of)


@transaction.atomic
def start_import(
    *,
    actor: Actor,
    file_name: str,
    file_path: str,
    file_sha256: str,
    unit: str = "",
    mapping: Mapping[str, str] | None = None,
    book: str = "city",
) -> RegisterImport:
    """Take a file of the official register and check it; nothing is written yet. Raises Forbidden, InvalidInput at `unit`."""
    if not actor.has_perm("registration.import_register"):
        raise Forbidden(_("只有市级登记员可以导入官方登记表"))
    if unit not in ("", "yuan", "wan"):
        raise InvalidInput({"unit": [_("请选择“元”或“万元”")]})
    known = remembered(actor)
    row = RegisterImport.objects.create(
        actor_id=actor.pk,
        book=book,
        file_name=file_name[:120],
        file_path=file_path,
        file_sha256=file_sha256,
        unit=unit,
        mapping={**known.headings, **(mapping or {})},
    )
    publish(events.RegisterImportStarted(subject_id=row.pk, code=row.code), actor=actor)
    return _with_job(row, CHECK_JOB, actor)


def _with_job(row: RegisterImport, kind: str, actor: Actor) -> RegisterImport:
    row.job = start_job(kind, actor=actor, payload={"import": row.pk})
    return _saved(row)


def _saved(row: RegisterImport) -> RegisterImport:
    row.updated_at = clock.now()
    row.rev += 1
    row.save()
    return row


def locked(row: RegisterImport) -> RegisterImport:
    """The import as it is now, locked until the transaction ends."""
    return RegisterImport.objects.select_for_update().get(pk=row.pk)


@transaction.atomic
def record_check(row: RegisterImport, **found: Any) -> RegisterImport:
    """Store the outcome of the check and the plan, which waits to be confirmed."""
    row = locked(row)
    if row.status != ImportStatus.CHECKING:
        return row
    IMPORT.fire("check", row, None, because=row.job)
    for name, value in found.items():
        setattr(row, name, value)
    return _saved(row)


@transaction.atomic
def fail_import(row: RegisterImport, reason: object) -> RegisterImport:
    """End the check or the import with a reason. Rows that were written stay."""
    row = locked(row)
    if row.status not in IMPORT.transitions["fail"].sources:
        return row
    IMPORT.fire("fail", row, None, because=row.job)
    row.error = str(reason)[:300]
    row.finished_at = clock.now()
    publish(events.RegisterImportFailed(subject_id=row.pk, done=row.done), actor=row.actor)
    return _saved(row)


def cancel_import(job: Job) -> None:
    """End a check or an import whose job a person has cancelled. Rows that were written stay."""
    row = RegisterImport.objects.filter(pk=job.payload["import"], job=job).first()
    if row is not None:
        fail_import(row, _("已取消"))


def give_up_import(job: Job) -> None:
    """End a check or an import whose job failed for good: its page must not wait for ever."""
    row = RegisterImport.objects.filter(pk=job.payload["import"], job=job).first()
    if row is not None:
        fail_import(row, _("后台任务出错，已停止；已写入的行保留。请核对表格后重新上传"))


@transaction.atomic
def map_headings(
    row: RegisterImport, mapping: Mapping[str, str], *, unit: str, actor: Actor, rev: Any = None
) -> RegisterImport:
    """Give headings their columns and amounts their unit, and check again. Raises Forbidden, Refused, Stale, InvalidInput."""
    row = locked(row)
    IMPORT.fire("recheck", row, actor)
    if rev is not None and str(rev) != str(row.rev):
        row.refresh_from_db()
        raise Stale(row)
    if unit not in ("", "yuan", "wan"):
        raise InvalidInput({"unit": [_("请选择“元”或“万元”")]})
    row.mapping = {**row.mapping, **mapping}
    row.unit, row.error, row.finished_at = unit, "", None
    return _with_job(row, CHECK_JOB, actor)


@transaction.atomic
def confirm_import(row: RegisterImport, *, plan: str, actor: Actor) -> RegisterImport:
    """Have the plan with this hash carried out, the one that the page showed.

    Remembers the headings. Raises Forbidden, Refused, Stale when another plan was shown.
    """
    row = locked(row)
    IMPORT.fire("confirm", row, actor)
    if plan != row.plan_sha256 or _hash(row.plan_path) != row.plan_sha256:
        row.refresh_from_db()
        raise Stale(row)
    if _hash(row.file_path) != row.file_sha256:
        raise Refused(_("上传的文件与检查时不同，请重新上传"))
    RegisterMapping.objects.update_or_create(
        of=desk_of(actor),
        defaults={"headings": row.mapping, "unit": row.unit, "updated_at": clock.now()},
    )
    row.confirmed_at = clock.now()
    publish(
        events.RegisterImportConfirmed(subject_id=row.pk, code=row.code, plan=plan), actor=actor
    )
    return _with_job(row, IMPORT_JOB, actor)


def _hash(path: str) -> str:
    if not storage.exists(path):
        return ""
    with storage.open_stored(path) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@transaction.atomic
def finish_import(row: RegisterImport) -> RegisterImport:
    """End an import whose plan was carried out."""
    row = locked(row)
    if row.status != ImportStatus.IMPORTING:
        return row
    IMPORT.fire("finish", row, None, because=row.job)
    row.finished_at = clock.now()
    publish(events.RegisterImported(subject_id=row.pk, counts=row.counts), actor=row.actor)
    return _saved(row)


# --- one step ---------------------------------------------------------------------------------
def carry_out(row: RegisterImport, part: Sequence[Any]) -> list[tuple[Any, str]]:
    """Carry out the next rows of the plan, within the caller's transaction; the rows that no longer fit, with why.

    A row fits while the registration that it met has not changed since the plan was made.
    """
    actor = row.actor
    late: list[tuple[Any, str]] = []
    changed = str(_("检查之后这份登记有了变动，没有写入，请再导入一次"))
    numbers = [one.values["official_number"] for one in part if one.outcome == "created"]
    taken = set(
        Filing.objects.filter(official_number__in=numbers).values_list("official_number", flat=True)
    )
    fresh = [one for one in part if one.outcome == "created"]
    late += [(one, changed) for one in fresh if one.values["official_number"] in taken]
    create([one for one in fresh if one.values["official_number"] not in taken], row.book, actor)
    for one in part:
        if one.outcome not in ("updated", "registered"):
            continue
        filing = Filing.objects.select_related("contract").filter(pk=one.filing).first()
        if filing is None or filing.rev != one.rev:
            late.append((one, changed))
            continue
        try:
            with transaction.atomic():
                (update if one.outcome == "updated" else enter)(one, filing, actor)
        except (Refused, Forbidden, InvalidInput) as error:
            texts = [str(t) for ts in getattr(error, "errors", {}).values() for t in ts]
            late.append((one, " ".join(texts) or str(error.reason)))
    return late


def create(rows: Sequence[Any], book: str, actor: Actor | None) -> list[Filing]:
    """Contracts, registered filings and entries of rows that are new."""
    if not rows:
        return []
    keys = create_imported([imported(one) for one in rows], actor=actor, book=book)
    now, codes = clock.now(), _new_codes(len(rows))
    made = Filing.objects.bulk_create(
        Filing(
            code=code,
            contract_id=key,
            book=book,
            status=FilingStatus.REGISTERED,
            district=district_of(one.values),
            route=Route.ELSEWHERE if is_elsewhere(one.values) else Route.CITY,
            registered_elsewhere=is_elsewhere(one.values),
            official_number=one.values["official_number"],
            official_on=one.values["official_on"],
            registered_at=now,
            registered_by_id=None if actor is None else actor.pk,
            recognised_type=one.values["contract_type"],
            recognised_total_fen=one.values["total"],
            recognised_technical_fen=one.values["technical"],
        )
        for key, one, code in zip(keys, rows, codes, strict=True)
    )
    counted = [
        (filing, facts_of(one.values))
        for filing, one in zip(made, rows, strict=True)
        if not filing.registered_elsewhere
    ]
    ledger.post(ledger.registrations(counted), book=book, actor=actor)
    return made


def _new_codes(count: int) -> list[str]:
    """Codes that no filing has: of 20,000 random ones some collide, which must not stop a step."""
    found: set[str] = set()
    while len(found) < count:
        fresh = {new_code("RD") for _ in range(count - len(found))}
        found |= fresh - set(Filing.objects.filter(code__in=fresh).values_list("code", flat=True))
    return sorted(found)


def update(one: Any, filing: Filing, actor: Actor) -> None:
    """A changed row: the contract as the register has it now, and an adjustment in the open period."""
    from marketplace.registration.services.registering import Recognised, change  # noqa: PLC0415

    if filing.contract.origin == Origin.IMPORT:
        update_imported(filing.contract, imported(one), actor=actor)
    values = one.values
    before = ledger_queries.live_entry(filing.pk)
    said = facts_of(values) if filing.contract.origin == Origin.IMPORT else None
    same_sums = (
        filing.recognised_total_fen == values["total"]
        and filing.recognised_technical_fen == values["technical"]
        and filing.recognised_type == values["contract_type"]
    )
    if same_sums and (said is None or before is None or _alike(said, before.facts)):
        return
    change(
        filing,
        reason=str(_("官方登记表中的内容有变更")),
        actor=actor,
        recognised=Recognised(values["contract_type"], values["total"], values["technical"]),
    )


def _alike(said: Mapping[str, Any], facts: Mapping[str, Any]) -> bool:
    return all(facts.get(name) == value for name, value in said.items())


def enter(one: Any, filing: Filing, actor: Actor) -> None:
    """The number of a filing that was reviewed here and reported by its seller."""
    from marketplace.registration.services.registering import Recognised, register  # noqa: PLC0415

    values = one.values
    register(
        filing,
        values["official_number"],
        values["official_on"],
        actor=actor,
        recognised=Recognised(values["contract_type"], values["total"], values["technical"]),
    )


def district_of(values: Mapping[str, Any]) -> str:
    """Whose desk it is: the seller's district, or the buyer's where the seller is from elsewhere."""
    seller, buyer = values.get("seller_district", ""), values.get("buyer_district", "")
    return str(seller if in_city(seller) or not in_city(buyer) else buyer)


def is_elsewhere(values: Mapping[str, Any]) -> bool:
    """Whether the contract was registered at its seller's place: a number of another city, seller outside."""
    number = str(values["official_number"])
    return number[len(number) - 12 :][:4] != "3713" and not in_city(
        values.get("seller_district", "")
    )


def facts_of(values: Mapping[str, Any]) -> dict[str, Any]:
    """The facts of the entry of an imported row."""
    seller, buyer = values.get("seller_district", ""), values.get("buyer_district", "")
    return ledger_queries.facts(
        contract_type=values["contract_type"],
        field=values.get("field", ""),
        industry=values.get("industry", ""),
        plan_source=values.get("plan_source", ""),
        district=district_of(values),
        seller=(seller, values.get("seller_nature", "")),
        buyer=(buyer, values.get("buyer_nature", "")),
        flow=flow([seller], [buyer]),
        ip=values.get("ip_kinds", ()),
        broker=bool(values.get("broker")),
        signed_on=values["signed_on"],
        registered_on=values["official_on"],
    )


def imported(one: Any) -> ImportedRow:
    """A row as the slice of contracts takes it."""
    values = one.values
    parties = [
        ImportedParty(
            side=side,
            name=values[side],
            identity=values.get(f"{side}_identity", ""),
            nature=values.get(f"{side}_nature", ""),
            district=values.get(f"{side}_district", ""),
        )
        for side in ("seller", "buyer", "broker")
        if values.get(side)
    ]
    columns = ("starts_on", "ends_on", "field", "industry", "plan_source", "aim", "ip_kinds")
    return ImportedRow(
        title=values["title"],
        contract_type=values["contract_type"],
        signed_on=values["signed_on"],
        amount_total_fen=values["total"],
        amount_technical_fen=values["technical"],
        parties=parties,
        desk_district=district_of(values),
        columns={name: values[name] for name in (*columns, "is_related") if name in values},
    )


#: Contracts that one import compares with the records of its parties.
MOST_PROPOSED = 2000


def propose_origins(key: int) -> int:
    """Propose origins for the contracts that an import brought in and that have a party here; their number.

    May run twice: proposals are made anew. A contract without a party here costs nothing.
    """
    batch = RegisterImport.objects.filter(pk=key).first()
    if batch is None or batch.confirmed_at is None:
        return 0
    contracts = Contract.objects.filter(
        origin=Origin.IMPORT,
        book=batch.book,
        origin_confirmed_at__isnull=True,
        created_at__gte=batch.confirmed_at,
        parties__organization__isnull=False,
    )
    rows = contracts.distinct().order_by("-id")[:MOST_PROPOSED]
    for contract in rows:
        propose_origin(contract)
    return len(rows)
