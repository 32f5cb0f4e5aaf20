"""The page of a reviewer: one submitted listing, quality gate, similar listings, decision."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from marketplace.files.queries import attachments_of
from marketplace.journal.queries import history
from marketplace.kernel.actors import Actor
from marketplace.kernel.errors import InvalidInput, Stale
from marketplace.kernel.unreadable import readable
from marketplace.listings import queries, services
from marketplace.listings.forms import ReturnForm
from marketplace.listings.kind import ListingKind
from marketplace.listings.views import changes, disclosed
from marketplace.web.seen import Seen
from marketplace.web.signed_out import login_required
from marketplace.web.views import fetch, render_page
from search import engine
from search.analysis import tokenize

#: How many rows of the queue are tried for the next one; rows that cannot be read are skipped.
_NEXT = 5
#: What the page says of a similar listing.
_OF_ALIKE = ("code", "title", "owner__name", "owner__status")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def review_listing(request: HttpRequest, code: str, *, kind: ListingKind) -> HttpResponse:
    """Publish or return one listing; then the next one of the queue opens."""
    listing = fetch(
        kind.visible_to(request.user),
        code,
        actor=request.user,
        view=kind.perm("view"),
        action=kind.perm("review"),
    )
    seen = Seen(request, listing.rev)
    returning = request.method == "POST" and "return" in request.POST
    form = ReturnForm(request.POST if returning else None, templates=list(kind.return_reasons))
    status, changed = 200, None
    if request.method == "POST":
        status = 400
        try:
            if done := _decide(request, listing, form, seen, returning=returning):
                return _next(request, kind, done)
        except Stale as error:
            status, listing = error.status, error.row
            changed = changes.since_seen(kind, listing, seen.rev)
            seen.renew(listing.rev)
    files = attachments_of(kind.subject, listing.pk)
    disclosed.record(request, listing, files)
    # A stale page shows what changed since it was opened, and no second comparison.
    waits = listing.waits_for_review and changed is None
    context = {
        "seen": seen,
        "is_stale": changed is not None,
        "changed": changed,
        "resubmitted": changes.since_last_time(kind, listing) if waits else [],
        "earlier_reasons": listing.return_reasons if waits else [],
        "kind": kind,
        "listing": listing,
        "form": form,
        "quality": kind.quality(listing),
        "files": files,
        "history": history(kind.subject, listing.pk, limit=20),
        "alike": _alike(kind, listing, request.user),
        "refusal": kind.flow.refusal("publish", listing, request.user),
        "waiting": kind.waiting(request.user),
    }
    return render_page(request, kind.template("review"), context, status=status)


def _decide(
    request: HttpRequest, listing: Any, form: ReturnForm, seen: Seen, *, returning: bool
) -> Any:
    """What was done, as a message; empty when the form shows what is missing."""
    title = {"title": listing.title}
    if not returning:
        services.move(listing, "publish", actor=request.user, rev=seen.rev)
        return _("已通过并发布：%(title)s") % title
    if not form.is_valid():
        return ""
    try:
        services.move(listing, "return", actor=request.user, reasons=form.chosen, rev=seen.rev)
    except InvalidInput as error:
        if "reasons" not in error.errors:
            raise
        for text in error.errors["reasons"]:
            form.add_error("other", str(text))
        return ""
    return _("已退回：%(title)s") % title


def _next(request: HttpRequest, kind: ListingKind, done: Any) -> HttpResponse:
    messages.success(request, done)
    following = readable(kind.queue(request.user)[:_NEXT])
    if following:
        return redirect(kind.url("review", following[0].code))
    return redirect(reverse("workbench:review"))


def _alike(kind: ListingKind, listing: Any, actor: Actor) -> list[Any]:
    """Published listings similar to this one that share half of its title: possible duplicates."""
    text = f"{listing.title} {listing.summary}"
    hits = engine.match(kind.name, text, limit=10, written_as=kind.name)
    codes = [hit.id for hit in hits if hit.id != listing.code]
    # Pairs of characters, because word boundaries depend on the segmenter (扩散工艺).
    grams = set(tokenize(listing.title).grams)
    return [
        row
        for row in queries.in_order(kind.model, actor, codes, only=_OF_ALIKE)
        if len(grams & set(tokenize(row.title).grams)) * 2 >= len(grams) > 0
    ][:3]
