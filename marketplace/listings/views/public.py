"""Lists, details and contacts as anybody may see them."""

from functools import cache, partial
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.core.cache import caches
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from marketplace.kernel.actors import Actor
from marketplace.kernel.codes import read_code
from marketplace.listings import filters, queries, services
from marketplace.listings.kind import ListingKind
from marketplace.listings.views import disclosed
from marketplace.listings.views.export import links
from marketplace.listings.workflow import LISTED
from marketplace.parties import queries as parties
from marketplace.web.cards import ALIAS
from marketplace.web.costs import counted, has_words
from marketplace.web.facets import sort_links
from marketplace.web.signed_out import login_required
from marketplace.web.throttle import limited
from marketplace.web.views import Gone, fetch, render_page
from search import engine
from search.query import Query

#: How many listings the page of an organisation shows.
NEWEST = 5
#: How long the answer to "which are similar" is good for.
SIMILAR_SECONDS = 600


class Link(NamedTuple):
    """A similar listing as the 410 page shows it."""

    title: str
    url: str


@require_safe
@counted("search", when=has_words)
def list_listings(request: HttpRequest, *, kind: ListingKind) -> HttpResponse:
    """The public list: search, facets with counts, chips, pages."""
    page = filters.page_number(request.GET.get("page", ""))
    query = filters.read_query(request.GET, kind.facets, page=page)
    results = engine.find(kind.name, query)
    if not results.total and not results.degraded and read_code(query.text):
        # A complete code that is not in this list: the site's search opens its page.
        return redirect(f"{reverse('portal:search')}?{urlencode({'q': query.text})}")
    action = kind.url("list")
    is_poor = query.text and results.total < 5 and not results.degraded
    # Cards with marked words are drawn anew, so they need the whole row.
    only = () if query.text else queries.OF_CARD
    listings = queries.in_order(
        kind.model, request.user, [hit.id for hit in results.hits], only=only
    )
    context = {
        "kind": kind,
        "query": query,
        "results": results,
        "listings": listings,
        "panel": filters.build(results, request.GET, kind.facets, action),
        "page": filters.page_of(results),
        "sorts": sort_links(request.GET, action, filters.SORTS.items(), query.sort),
        "exports": links(request.GET, kind.url("export")) if results.total else [],
        "guess": engine.did_you_mean(query.text) if is_poor else None,
        "is_thin": results.total < 5 and not results.degraded,
        # The search box in the header shows the query and its scope, so that they can be changed.
        "search_text": query.text,
        "search_scope": kind.name if query.text else "",
    }
    return render_page(request, kind.template("list"), context)


@require_safe
def show_listing(request: HttpRequest, code: str, *, kind: ListingKind) -> HttpResponse:
    """One listing. A withdrawn one that was public answers 410 with similar ones."""
    visible = kind.visible_to(request.user)
    try:
        listing = fetch(visible, code, actor=request.user, view=kind.perm("view"))
    except Http404:
        withdrawn = queries.taken_down(kind.model, code)
        if withdrawn is None:
            raise
        raise Gone(
            queries.TAKEN_DOWN,
            title=withdrawn.title,
            similar=[
                Link(row.title, kind.url("detail", row.code))
                for row in _similar(kind, withdrawn, request.user)
            ],
        ) from None
    part = disclosed.part_of(request, kind, listing)
    context = {
        "kind": kind,
        "listing": listing,
        "part": part,
        "files": part.files,
        # Asked for by the template, after the listing itself: a listing that cannot be read ends there.
        "similar": cache(partial(_similar, kind, listing, request.user)),
        "may_edit": request.user.has_perm(kind.perm("edit"), listing),
    }
    return render_page(request, kind.template("detail"), context)


@login_required
@require_POST
@limited("contact", per_user="50/d")
def show_contact(request: HttpRequest, code: str, *, kind: ListingKind) -> HttpResponse:
    """Show the contact to a signed-in reader who asked for it; the journal keeps who did."""
    listing = fetch(kind.visible_to(request.user), code, actor=request.user, view=kind.perm("view"))
    contact = services.show_contact(listing, actor=request.user)
    context = {"kind": kind, "listing": listing, "contact": contact}
    return render_page(request, "listings/listing_contact.html", context, partial="contact")


def _similar(kind: ListingKind, listing: Any, actor: Actor) -> list[Any]:
    """Listings like this one, in the order of likeness; only those that are visible now."""
    key = f"similar:{kind.name}:{listing.code}:{listing.rev}"
    codes = caches[ALIAS].get(key)
    if codes is None:
        codes = _like(kind, listing)
        if codes:
            # What is new is found some minutes later; what was withdrawn is left out at once.
            caches[ALIAS].set(key, codes, SIMILAR_SECONDS)
    return queries.in_order(kind.model, actor, codes, only=("code", "title", "title_en"))


def _like(kind: ListingKind, listing: Any) -> list[str]:
    """The codes of similar listings; one that is not in the index is compared by its text."""
    if listing.status in LISTED:
        hits = engine.similar(kind.name, listing.code, limit=4)
    else:
        hits = engine.like(kind.name, f"{listing.title} {listing.summary}", limit=4)
    return [hit.id for hit in hits]


@require_safe
def list_of_organization(request: HttpRequest, code: str, *, kind: ListingKind) -> HttpResponse:
    """The newest public listings of one organisation: a fragment of its page, or a page of its own."""
    org = fetch(
        parties.visible_to(request.user), code, actor=request.user, view="parties.view_organization"
    )
    newest = Query(filters={"owner": [org.code]}, sort="-published_at", size=NEWEST)
    results = engine.find(kind.name, newest)
    listings = queries.in_order(kind.model, request.user, [hit.id for hit in results.hits])
    context = {"kind": kind, "listings": listings, "total": results.total, "owner_code": org.code}
    return render_page(request, "listings/listing_of_owner.html", context, partial="rows")
