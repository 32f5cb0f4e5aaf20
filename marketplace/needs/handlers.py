"""What follows from a need's events: index, messages to those whom it concerns."""

from django.utils.translation import gettext_lazy as _

from marketplace.journal.events import RowMended, mended
from marketplace.kernel.events import Event, on
from marketplace.listings.index import OWNER_NAMES
from marketplace.needs import events, queries
from marketplace.notices import kinds
from marketplace.notices.services import notify
from marketplace.parties.events import OrganizationEdited
from marketplace.parties.queries import people_behind
from search import engine

kinds.register("needs.returned", _("需求被退回"))
kinds.register("needs.published", _("需求已发布"))
kinds.register("needs.expired", _("需求到期"))


@on(*events.VISIBLE_CHANGES, batch=True)
def refresh_index(batch: list[Event]) -> None:
    """Bring the search index in step with the rows as they are now."""
    engine.refresh("needs", queries.codes_of([event.subject_id for event in batch]))


@on(OrganizationEdited, batch=True)
def follow_renamed_owners(batch: list[OrganizationEdited]) -> None:
    """Listings are found by the name of whoever owns them."""
    renamed = [event.subject_id for event in batch if OWNER_NAMES & set(event.fields)]
    if renamed:
        engine.refresh("needs", queries.codes_of_owners(renamed))


@on(events.NeedSamplesRemoved)
def forget_samples(event: events.NeedSamplesRemoved) -> None:
    """Take deleted samples out of the search index."""
    engine.refresh("needs", event.codes)


@on(RowMended, batch=True)
def take_back(batch: list[Event]) -> None:
    """What could not be read when it was indexed is found again."""
    engine.refresh("needs", queries.codes_of(mended(batch, queries.KIND)))


@on(events.NeedReturned)
def tell_author_returned(event: events.NeedReturned) -> None:
    """The author learns why, and where to mend it."""
    reasons = "\n".join(event.reasons)
    _tell(event, "needs.returned", _("需求“%(title)s”被退回，请按意见修改"), reasons)


@on(events.NeedPublished)
def tell_author_published(event: events.NeedPublished) -> None:
    """The author learns that it is out, and that matches are being looked for."""
    _tell(event, "needs.published", _("需求“%(title)s”已发布，系统正在匹配成果"))


@on(events.NeedExpired)
def tell_author_expired(event: events.NeedExpired) -> None:
    """The author can renew it."""
    _tell(event, "needs.expired", _("需求“%(title)s”已到期，可以续期"))


def _tell(event: Event, kind: str, title: object, body: str = "") -> None:
    need = queries.need_by_id(event.subject_id)
    if need is None:
        return
    notify(
        kind,
        people_behind(need.author, need.owner_id),
        title=title,
        params={"title": need.title, "body": body},
        body="%(body)s" if body else "",
        url=f"/workbench/needs/{need.code}/",
        dedupe=f"{kind}:{need.pk}:{need.rev}",
    )
