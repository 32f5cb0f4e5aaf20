"""The row of a listing in the database: lock it, save columns of it, keep a version of it."""

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from marketplace.journal import versions
from marketplace.kernel import clock
from marketplace.listings import queries
from marketplace.listings.models import Listing

L = TypeVar("L", bound=Listing)


def lock(listing: L) -> L:
    """The row as it is now, locked until the transaction ends."""
    rows = queries.manager(type(listing)).select_for_update(of=("self",))
    return rows.select_related("owner").get(pk=listing.pk)


def touch(listing: Listing, columns: Iterable[str]) -> None:
    """Save these columns, raise `rev` by one and set `updated_at`."""
    listing.rev += 1
    listing.updated_at = clock.now()
    listing.save(update_fields=[*columns, "rev", "updated_at"])


def replace_rows(listing: Listing, related: str, items: Iterable[Mapping[str, Any]]) -> None:
    """Replace the child rows under this related name by these, in this order."""
    manager = getattr(listing, related)
    manager.all().delete()
    model = manager.model
    link = manager.field.name
    model.objects.bulk_create(
        model(**{link: listing}, position=place, **item) for place, item in enumerate(items)
    )


def keep_as_seen(listing: Listing, *, public: bool = False) -> None:
    """Keep what reviewers, or with `public` everybody, saw at this `rev`, before the author changes it."""
    subject = queries.subject_of(listing)
    seen = queries.content_of(listing) | {"public": public}
    versions.keep_version(subject, listing.pk, listing.rev, seen)
