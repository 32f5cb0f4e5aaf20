"""Which releases there are."""

from datetime import UTC, datetime

from django.db.models import QuerySet
from django.db.models.functions import ExtractYear

from marketplace.kernel.clock import SHANGHAI
from marketplace.records.models import Release
from marketplace.tenders.models import Tender
from marketplace.tenders.workflow import PUBLIC


def after(seq: int, most: int) -> list[Release]:
    """The releases after this number, in the order in which they were published; `most` of them."""
    return list(Release.objects.filter(seq__gt=seq).order_by("seq")[:most])


def of_tender(tender: Tender) -> list[Release]:
    """Every release of a tender, the oldest first."""
    return list(Release.objects.filter(tender=tender).order_by("number"))


def of_year(year: int) -> QuerySet[Release]:
    """The releases of a year of Asia/Shanghai, the oldest first."""
    start = datetime(year, 1, 1, tzinfo=SHANGHAI).astimezone(UTC)
    end = datetime(year + 1, 1, 1, tzinfo=SHANGHAI).astimezone(UTC)
    return Release.objects.filter(date__gte=start, date__lt=end).order_by("seq")


def release_years() -> list[int]:
    """The years that have releases, the newest first."""
    rows = Release.objects.annotate(year=ExtractYear("date", tzinfo=SHANGHAI))
    return list(rows.values_list("year", flat=True).distinct().order_by("-year"))


def newest() -> list[Release]:
    """The newest releases, for the page."""
    return list(Release.objects.select_related("tender").order_by("-seq")[:10])


def published_tender(code: str) -> Tender | None:
    """The public tender of this code that is no sample."""
    rows = Tender.objects.filter(code=code, status__in=PUBLIC, is_sample=False)
    return rows.select_related("owner").first()
