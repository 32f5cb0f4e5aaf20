"""How the shared writes of listings treat a service offer; recording filings of organisations."""

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from marketplace.journal.services import publish
from marketplace.kernel import clock
from marketplace.kernel.actors import Actor
from marketplace.kernel.errors import Forbidden, InvalidInput
from marketplace.listings.services import Lifecycle, register
from marketplace.offerings import queries
from marketplace.offerings.events import EVENTS, FilingRecorded, FilingRemoved
from marketplace.offerings.models import Filing, Offering
from marketplace.offerings.rulebook import FIRST_YEAR
from marketplace.offerings.workflow import OFFERING
from marketplace.parties.models import Organization

LIFECYCLE = register(
    Lifecycle(
        model=Offering,
        flow=OFFERING,
        events=EVENTS,
        ending=None,
        quality=queries.quality_of,
    )
)


@transaction.atomic
def record_filing(
    organization: Organization,
    *,
    year: int,
    kind: str,
    number: str,
    actor: Actor,
    is_sample: bool = False,
) -> Filing:
    """记录一条省级备案。 Raises Forbidden, and InvalidInput for a year that is recorded or cannot be."""
    if not actor.has_perm("offerings.record_filing", organization):
        raise Forbidden
    if not FIRST_YEAR <= year <= clock.today().year:
        raise InvalidInput({"year": [_("备案年度不能早于 2015 年，也不能晚于今年")]})
    filing = Filing(organization=organization, year=year, kind=kind, number=number)
    filing.recorded_by_id, filing.is_sample = actor.pk, is_sample
    try:
        with transaction.atomic():
            filing.save(force_insert=True)
    except IntegrityError as error:
        raise InvalidInput({"year": [_("这个年度的备案已经记录过")]}) from error
    told = FilingRecorded(subject_id=organization.pk, number=number, year=year, kind=kind)
    publish(told, actor=actor)
    return filing


@transaction.atomic
def remove_filing(filing: Filing, *, reason: str, actor: Actor) -> None:
    """删除记错的备案。 Raises Forbidden; a filing that is gone already is removed once."""
    if not actor.has_perm("offerings.record_filing", filing.organization):
        raise Forbidden
    deleted, _by_model = Filing.objects.filter(pk=filing.pk).delete()
    if deleted:
        told = FilingRemoved(
            subject_id=filing.organization_id, number=filing.number, year=filing.year, reason=reason
        )
        publish(told, actor=actor)
