"""Questions about filings: who sees which, the seller's list, the registrar's heaps, 应登未登."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from marketplace.deals.models import Amendment, Contract, ContractParty
from marketplace.deals.workflow import CONCLUDED, AmendmentStatus, Book, ContractStatus
from marketplace.files.models import Attachment
from marketplace.files.queries import attachments_of
from marketplace.kernel import clock
from marketplace.kernel.actors import Actor
from marketplace.kernel.counting import TONIGHT, Lists
from marketplace.parties.policies import REGISTRARS, Role, access_of
from marketplace.parties.queries.counting import counted_for_menu, counted_for_todos
from marketplace.registration.models import (
    CERTIFICATE_FILES,
    FILING_FILES,
    BenefitUse,
    Decision,
    Filing,
)
from marketplace.registration.policies import OVERSEERS, PRINCIPALS
from marketplace.registration.rulebook import settings
from marketplace.registration.rulebook.limits import OVERDUE_DAYS
from marketplace.registration.workflow import (
    AWAITING_NUMBER,
    COUNTED,
    ON_DESK,
    FilingStatus,
)

#: What the seller's side brings on: to correct, to submit, to file in the national system.
_OF_SELLER = (
    FilingStatus.RETURNED,
    FilingStatus.DRAFT,
    FilingStatus.APPROVED,
    FilingStatus.FORWARDED,
)


def filings() -> QuerySet[Filing]:
    """All filings with what a row or a policy needs."""
    rows = Filing.objects.select_related("contract", "seller_org")
    return rows.prefetch_related("contract__parties__broker", "contract__parties__organization")


def _of_people(actor: Actor, *sides: str) -> Q:
    """Filings of contracts of the organisations that the person works for; of these sides, or of any."""
    orgs = list(access_of(actor).orgs)
    if not orgs:
        return Q(pk__in=[])
    part = ContractParty.objects.filter(
        contract_id=OuterRef("contract_id"), organization_id__in=orgs
    )
    if sides:
        part = part.filter(side__in=sides)
    return Q(seller_org_id__in=orgs) | Q(Exists(part))


def _of_desk(actor: Actor) -> Q:
    access = access_of(actor)
    limited = access.districts.get(Role.REGISTRAR_COUNTY)
    if access.has(Role.REGISTRAR_CITY) or (access.has(Role.REGISTRAR_COUNTY) and limited is None):
        return Q()
    if access.has(Role.REGISTRAR_COUNTY):
        return Q(district__in=sorted(limited or ()))
    return Q(pk__in=[])


_SUBMITTED = Q(rounds__gt=0) | ~Q(status=FilingStatus.DRAFT)


def visible_to(actor: Actor) -> QuerySet[Filing]:
    """The filings that `actor` may see: the twin of `registration.view_registration`; newest first."""
    rows = filings().order_by("-id")
    if access_of(actor).has(*OVERSEERS):
        return rows
    return rows.filter(_of_people(actor, *PRINCIPALS) | (_of_desk(actor) & _SUBMITTED))


def own_filings(actor: Actor) -> QuerySet[Filing]:
    """The filings of the contracts of the organisations that the person works for; newest first."""
    return filings().filter(_of_people(actor, *PRINCIPALS)).order_by("-id")


def to_go_on_with(actor: Actor) -> QuerySet[Filing]:
    """The filings that the seller's side of the person brings on: to correct, to submit, to file; newest first."""
    rows = own_filings(actor).filter(seller_org_id__in=list(access_of(actor).orgs))
    return rows.filter(status__in=_OF_SELLER)


@counted_for_todos
def counts_of_seller(user: Any) -> Lists:
    """How much the seller's side has to do, by name: "filings", "uses".

    Most people have nothing of it: to read the rows, which are wide, is left to who has.
    """
    return {"filings": to_go_on_with(user), "uses": uses_to_report(user)}


def filing_of(contract: Contract) -> Filing | None:
    """The filing of a contract, or None."""
    return filings().filter(contract_id=contract.pk).first()


def filings_of(contract_ids: Iterable[int]) -> dict[int, Filing]:
    """Filings by contract; one query and those of their parties."""
    rows = Filing.objects.filter(contract_id__in=list(contract_ids))
    return {row.contract_id: row for row in rows}


def filing_by_token(token: str) -> Filing | None:
    """The registered filing behind the public link of a verification page, or None."""
    rows = Filing.objects.filter(official_number__isnull=False)
    return rows.filter(verify_token=token).first() if 20 <= len(token) <= 32 else None


def papers_of(filing: Filing) -> list[Attachment]:
    """The papers filed with the filing."""
    return attachments_of(FILING_FILES, filing.pk)


def certificates_of(filing: Filing) -> list[Attachment]:
    """The official certificate."""
    return attachments_of(CERTIFICATE_FILES, filing.pk)


def reads_file(user: Any, attachment: Attachment) -> bool:
    """Whether the person may read a paper or the certificate: who sees the filing."""
    row = filings().filter(pk=attachment.subject_id or 0).first()
    return row is not None and user.has_perm("registration.view_registration", row)


# --- the registrar's day ----------------------------------------------------------------------
#: The heaps: due until tonight, corrected, new, in review, waiting for a number, objections, and
#: registered contracts that were changed or ended since.
HEAPS = ("due", "corrected", "new", "review", "number", "disputed", "moved")


def desk(actor: Actor) -> QuerySet[Filing]:
    """What this registrar decides on, his own organisations' contracts left out."""
    rows = filings().filter(_of_desk(actor))
    return rows.exclude(_of_people(actor)) if access_of(actor).orgs else rows


def _tonight() -> datetime:
    return clock.end_of_day(clock.today())


def _due(until: datetime) -> Q:
    return Q(status=FilingStatus.SUBMITTED, intake_due_at__lte=until) | Q(
        status__in=[FilingStatus.ACCEPTED, FilingStatus.FIRST_PASSED], due_at__lte=until
    )


def _heap(name: str, until: datetime | None = None) -> Q:
    due = _due(until or _tonight())
    submitted = Q(status=FilingStatus.SUBMITTED)
    return {
        "due": due,
        "corrected": submitted & Q(rounds__gt=1) & ~due,
        "new": submitted & Q(rounds__lte=1) & ~due,
        "review": Q(status__in=[FilingStatus.ACCEPTED, FilingStatus.FIRST_PASSED]) & ~due,
        "number": Q(status__in=sorted(AWAITING_NUMBER)),
        "disputed": Q(status=FilingStatus.DISPUTED),
    }[name]


def heap(actor: Actor, name: str, *, district: str = "", book: str = "") -> QuerySet[Filing]:
    """One heap of the registrar's desk, the most urgent first. KeyError for an unknown name."""
    rows = desk(actor)
    rows = moved(rows) if name == "moved" else rows.filter(_heap(name))
    if district:
        rows = rows.filter(district=district)
    if book:
        rows = rows.filter(book=book)
    order = (
        (F("due_at").asc(nulls_last=True), "submitted_at", "id")
        if name in {"due", "review"}
        else ("submitted_at", "id")
    )
    return rows.order_by(*order)


def heap_counts(actor: Actor, *, district: str = "") -> dict[str, int]:
    """How many filings are in each heap; two queries."""
    rows = desk(actor)
    if district:
        rows = rows.filter(district=district)
    # Outside the aggregate so that counting needs no join.
    counted = rows.prefetch_related(None).aggregate(
        **{name: Count("id", filter=_heap(name)) for name in HEAPS if name != "moved"}
    )
    counted["moved"] = moved(rows).count()
    return {name: counted[name] or 0 for name in HEAPS}


@counted_for_todos
def todo_heaps(user: Any) -> Lists:
    """The heaps of this registrar's desk that are to-dos."""
    if not access_of(user).has(*REGISTRARS):
        return {}
    rows = desk(user)
    heaps = {
        name: rows.filter(_heap(name, TONIGHT)) for name in ("due", "corrected", "new", "disputed")
    }
    return {**heaps, "moved": moved(rows)}


def moved(rows: QuerySet[Filing]) -> QuerySet[Filing]:
    """Counted filings whose contract was amended in kind or amount, terminated or performed since.

    A filing leaves when the registrar records the change, the end or the technical income. Objections
    have a heap of their own.
    """
    # From the contracts that ended or were amended, so that a large imported register is not read.
    ended = Contract.objects.filter(
        book__in=Book.values, status__in=[ContractStatus.PERFORMED, ContractStatus.TERMINATED]
    )
    agreed = Amendment.objects.filter(
        status=AmendmentStatus.AGREED, section__in=["basics", "money"]
    )
    touched = ended.order_by().values("pk").union(agreed.order_by().values("contract_id"))
    changes = Decision.objects.filter(act="change")
    amended = agreed.filter(
        ~Exists(changes.filter(filing=OuterRef(OuterRef("pk")), at__gt=OuterRef("decided_at"))),
        contract=OuterRef("contract_id"),
        decided_at__gt=OuterRef("registered_at"),
    )
    differs = (
        ~Q(contract__amount_total_fen=F("recognised_total_fen"))
        | ~Q(contract__amount_technical_fen=F("recognised_technical_fen"))
        | ~Q(contract__contract_type=F("recognised_type"))
    )
    settled = changes.filter(filing=OuterRef("pk"), at__date__gte=OuterRef("contract__ended_on"))
    return rows.filter(
        (Exists(amended) & differs)
        | (Q(contract__status=ContractStatus.TERMINATED) & ~Exists(settled))
        | (Q(contract__status=ContractStatus.PERFORMED) & ~Q(status=FilingStatus.PERFORMED)),
        contract_id__in=touched,
        status__in=sorted(COUNTED - {FilingStatus.DISPUTED}),
        registered_elsewhere=False,
    )


def has_moved(filing: Filing) -> bool:
    """Whether the registrar must take over what became of the contract since it was registered."""
    return moved(Filing.objects.filter(pk=filing.pk)).exists()


def waiting_count(actor: Actor) -> int:
    """How many filings wait for this registrar's next act, as the menu counts."""
    return _on_desk(actor)["desk"]


@counted_for_menu
def _on_desk(actor: Any) -> Lists:
    if not access_of(actor).has(*REGISTRARS):
        return {}
    return {"desk": desk(actor).filter(status__in=sorted(ON_DESK))}


def next_on_desk(actor: Actor, after: Filing) -> Filing | None:
    """The filing to decide next: of the due, the corrected, the new, those in review."""
    for name in HEAPS[:4]:
        found = heap(actor, name).exclude(pk=after.pk).first()
        if found is not None:
            return found
    return None


def districts_of(actor: Actor) -> list[str]:
    """The districts that a limited registrar covers; empty for the whole city."""
    access = access_of(actor)
    if access.has(Role.REGISTRAR_CITY):
        return []
    return sorted(access.districts.get(Role.REGISTRAR_COUNTY, ()))


# --- signed and not registered (应登未登) ---------------------------------------------------------------------------------
def unregistered(
    actor: Actor, *, district: str = "", days: int = OVERDUE_DAYS, book: str = Book.CITY
) -> QuerySet[Contract]:
    """Contracts of sellers in the city, signed more than `days` ago, that have no official number.

    Terminated ones are left out: nobody registers them any more.
    For registrars (of their districts) and overseers; the longest waiting first. Amounts of drafts
    are not shown on the page that lists them.
    """
    access = access_of(actor)
    seller = ContractParty.objects.filter(
        contract=OuterRef("pk"), side="seller", district__startswith=settings.CITY
    )
    limited = districts_of(actor)
    if not access.has(*OVERSEERS, Role.REGISTRAR_CITY, Role.REGISTRAR_COUNTY):
        return Contract.objects.none()
    if limited and not access.has(*OVERSEERS):
        seller = seller.filter(district__in=limited)
    if district:
        seller = seller.filter(district=district)
    numbered = Filing.objects.filter(contract=OuterRef("pk"), official_number__isnull=False)
    rows = Contract.objects.filter(
        Exists(seller),
        ~Exists(numbered),
        book=book,
        status__in=sorted(CONCLUDED - {ContractStatus.TERMINATED}),
        signed_on__lt=clock.today() - timedelta(days=days),
    )
    return (
        rows.select_related("filing", "owner")
        .prefetch_related("parties")
        .order_by("signed_on", "id")
    )


def unregistered_by_district(
    actor: Actor, *, days: int = OVERDUE_DAYS, book: str = Book.CITY
) -> dict[str, int]:
    """How many contracts of `unregistered` there are by district of the seller; one query."""
    sellers = ContractParty.objects.filter(
        side="seller",
        district__startswith=settings.CITY,
        contract__in=unregistered(actor, days=days, book=book).order_by().values("pk"),
    )
    limited = districts_of(actor)
    if limited and not access_of(actor).has(*OVERSEERS):
        sellers = sellers.filter(district__in=limited)
    rows = sellers.order_by().values_list("district")
    return dict(rows.annotate(Count("contract", distinct=True)))


def to_file(actor: Actor) -> QuerySet[Contract]:
    """Signed contracts of the person's organisations as seller, without a filing or with a draft of one."""
    orgs = list(access_of(actor).orgs)
    seller = ContractParty.objects.filter(
        contract=OuterRef("pk"), side="seller", organization_id__in=orgs
    )
    rows = Contract.objects.filter(Exists(seller), status__in=sorted(CONCLUDED))
    rows = rows.filter(Q(filing__isnull=True) | Q(filing__status=FilingStatus.DRAFT))
    return (
        rows.select_related("filing", "owner")
        .prefetch_related("parties__organization", "parties__broker")
        .order_by("signed_on", "id")
    )


# --- for slices above -------------------------------------------------------------------------
def registered_between(
    book: str, since: date | None = None, until: date | None = None
) -> QuerySet[Filing]:
    """Counted filings of a book by official date, half-open; those registered elsewhere left out."""
    rows = Filing.objects.filter(book=book, status__in=sorted(COUNTED), registered_elsewhere=False)
    if since is not None:
        rows = rows.filter(official_on__gte=since)
    return rows.filter(official_on__lt=until) if until is not None else rows


def uses_to_report(actor: Actor) -> QuerySet[BenefitUse]:
    """Uses of a registration that a side of the person must report after a change or end."""
    orgs = list(access_of(actor).orgs)
    part = ContractParty.objects.filter(
        contract=OuterRef("filing__contract"), organization_id__in=orgs, side=OuterRef("side")
    )
    rows = BenefitUse.objects.exclude(report_because="").filter(reported_on=None)
    return rows.filter(Exists(part)).select_related("filing__contract").order_by("report_since")
