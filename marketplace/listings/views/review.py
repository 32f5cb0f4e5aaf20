"""The registrar's side: one submitted listing, what the quality gate and the index say, a decision."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from marketplace.files.queries import attachments_of
from marketplace.journal.queries import history
from marketplace.kernel.errors import InvalidInput
from marketplace.kernel.unreadable import readable
from marketplace.listings import queries
from marketplace.listings.forms import ReturnForm
from marketplace.listings.kind import Kind
from marketplace.web.views import fetch, render_page
from search import engine

#: So many of the queue are looked at for one that can be read.
_NEXT = 5


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def review_listing(request: HttpRequest, code: str, *, kind: Kind) -> HttpResponse:
    """Pass or return one listing; then the next one of the queue opens by itself."""
    listing = fetch(
        kind.shape.visible_to(request.user),
        code,
        actor=request.user,
        view=kind.perm("view"),
        action=kind.perm("review"),
    )
    returning = request.method == "POST" and "return" in request.POST
    form = ReturnForm(request.POST if returning else None, templates=list(kind.return_reasons))
    status = 200
    if request.method == "POST":
        if not returning:
            kind.shape.publish(listing, actor=request.user)
            return _next(request, kind, _("已通过并发布：%(title)s") % {"title": listing.title})
        if form.is_valid():
            try:
                kind.shape.give_back(listing, actor=request.user, reasons=form.chosen)
                return _next(request, kind, _("已退回：%(title)s") % {"title": listing.title})
            except InvalidInput as error:
                for text in error.errors.get("reasons", []):
                    form.add_error("other", str(text))
        status = 400
    context = {
        "kind": kind,
        "listing": listing,
        "form": form,
        "quality": kind.shape.quality(listing),
        "indicators": list(listing.indicators.all()),
        "files": attachments_of(kind.subject, listing.pk),
        "history": history(kind.subject, listing.pk, limit=20),
        "alike": _alike(kind, listing, request.user),
        "refusal": kind.flow.refusal("publish", listing, request.user),
        "waiting": kind.shape.queue(request.user).count(),
    }
    return render_page(request, kind.template("review"), context, status=status)


def _next(request: HttpRequest, kind: Kind, done: Any) -> HttpResponse:
    messages.success(request, done)
    following = readable(kind.shape.queue(request.user)[:_NEXT])
    if following:
        return redirect(kind.url("review", following[0].code))
    return redirect(reverse("workbench:review"))


def _alike(kind: Kind, listing: Any, actor: Any) -> list[Any]:
    """Published listings that read much like this one: possible duplicates."""
    text = f"{listing.title} {listing.summary}"
    codes = [hit.id for hit in engine.match(kind.name, text, limit=4) if hit.id != listing.code]
    return queries.in_order(kind.model, actor, codes[:3])
