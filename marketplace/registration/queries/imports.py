"""Questions about imports of the official register, the export of approved filings, and proposed origins."""

from django.db.models import Exists, OuterRef, QuerySet

from marketplace.deals.models import Contract, OriginProposal
from marketplace.deals.workflow import Book, Origin
from marketplace.kernel.actors import Actor
from marketplace.registration.models import Filing, RegisterImport
from marketplace.registration.workflow import FilingStatus


def imports_read_by(actor: Actor) -> QuerySet[RegisterImport]:
    """The imports, newest first, for registrars of the city, authority and auditor."""
    rows = RegisterImport.objects.select_related("actor", "job").order_by("-id")
    return rows if actor.has_perm("registration.read_imports") else rows.none()


def to_export(book: str = Book.CITY) -> QuerySet[Filing]:
    """Filings of a book that were approved or forwarded here and have no official number yet."""
    rows = Filing.objects.filter(
        book=book, status__in=[FilingStatus.APPROVED, FilingStatus.FORWARDED]
    )
    rows = rows.select_related("contract").prefetch_related("contract__parties")
    return rows.order_by("decided_at", "id")


def proposed() -> QuerySet[Contract]:
    """Imported contracts whose origin is not known and for which there are proposals."""
    there = OriginProposal.objects.filter(contract=OuterRef("pk"))
    rows = Contract.objects.filter(Exists(there), origin=Origin.IMPORT, book=Book.CITY)
    rows = rows.filter(origin_confirmed_at__isnull=True)
    return rows.prefetch_related("origin_proposals", "parties").order_by("-signed_on", "-id")
