"""The differences between two versions of a listing, with the labels of the wizard."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from marketplace.journal.versions import version_before, version_of
from marketplace.listings import queries
from marketplace.listings.forms import Step
from marketplace.listings.kind import ListingKind
from marketplace.web.differences import NOTHING, Difference, compare, shown_rows


def since_seen(kind: ListingKind, listing: Any, rev: str) -> list[Difference]:
    """What has changed since a page was made from the listing at `rev`; empty when it was not kept."""
    return _since(kind, listing, version_of(kind.subject, listing.pk, rev))


def since_last_time(kind: ListingKind, listing: Any) -> list[Difference]:
    """What the author has changed since reviewers, or the public, last saw the listing."""
    return _since(kind, listing, version_before(kind.subject, listing.pk, listing.rev))


def against_saved(
    step: Step, form: Any, rows: Mapping[str, Any], listing: Any, saved: Mapping[str, Any]
) -> list[Difference]:
    """What a valid step would change in the listing as it is stored now."""
    found = compare(form.fields, saved, form.cleaned_data)
    for related, formset in rows.items():
        fields = formset.empty_form.fields
        stored = [
            {name: getattr(row, name) for name in fields} for row in getattr(listing, related).all()
        ]
        pair = shown_rows(fields, stored), shown_rows(fields, formset.values)
        if pair[0] != pair[1]:
            found.append(Difference(step.rows[related][1], *pair))
    return found


def _since(kind: ListingKind, listing: Any, before: dict[str, Any] | None) -> list[Difference]:
    if before is None:
        return []
    after = queries.content_of(listing)
    found = []
    for step in kind.steps:
        found += compare(step.form().fields, before["values"], after["values"])
        for related, (formset, heading) in step.rows.items():
            fields = formset().empty_form.fields
            pair = (
                shown_rows(fields, before["rows"].get(related, [])),
                shown_rows(fields, after["rows"].get(related, [])),
            )
            if pair[0] != pair[1]:
                found.append(Difference(heading, *pair))
    if before["files"] != after["files"]:
        files = [", ".join(side["files"]) or NOTHING for side in (before, after)]
        found.append(Difference(_("附件"), *files))
    return found
