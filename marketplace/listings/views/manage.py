"""The owner's side: own listings, one listing with its history, and the moves it allows."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from marketplace.files.queries import attachments_of
from marketplace.journal.queries import history
from marketplace.kernel.actors import Actor
from marketplace.kernel.errors import Forbidden, Stale
from marketplace.listings import services
from marketplace.listings.kind import DELETE, ListingKind, Move
from marketplace.listings.views.export import links
from marketplace.listings.workflow import EDITABLE
from marketplace.web.seen import Seen
from marketplace.web.signed_out import login_required
from marketplace.web.views import fetch, paginate, render_page


@login_required
@require_safe
def own_listings(request: HttpRequest, *, kind: ListingKind) -> HttpResponse:
    """Listings of the reader's organisations, by state."""
    rows = kind.own(request.user)
    states = [(value, label) for value, label in kind.flow.states.choices]
    state = request.GET.get("status", "")
    if state in dict(states):
        rows = rows.filter(status=state)
    page = paginate(request, rows)
    context = {"kind": kind, "page": page, "states": states, "state": state}
    context["exports"] = links(request.GET, kind.url("export_own")) if page.object_list else []
    return render_page(request, "listings/listing_own.html", context)


@login_required
@require_safe
def manage_listing(request: HttpRequest, code: str, *, kind: ListingKind) -> HttpResponse:
    """One listing of the reader's organisation: state, what to do next, history."""
    listing = _own(request, code, kind)
    context = {
        "kind": kind,
        "listing": listing,
        "editable": listing.status in EDITABLE,
        "moves": _offered(kind, listing, request.user),
        "history": history(kind.subject, listing.pk),
        "files": attachments_of(kind.subject, listing.pk),
        "quality": kind.quality(listing),
    }
    return render_page(request, "listings/listing_manage.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def act_on_listing(
    request: HttpRequest, code: str, name: str, *, kind: ListingKind
) -> HttpResponse:
    """Confirm a move, then make it. The page says what will happen."""
    move = kind.moves.get(name)
    if move is None:
        raise Http404
    listing = _own(request, code, kind)
    seen = Seen(request, listing.rev)
    refusal = _refusal(request, kind, name, listing)
    data = request.POST if request.method == "POST" else None
    form = move.form(data) if move.form else None
    is_stale = False
    if data is not None and not refusal and (form is None or form.is_valid()):
        try:
            values = form.cleaned_data if form else {}
            if name == DELETE:
                services.delete_draft(listing, actor=request.user, rev=seen.rev)
            else:
                services.move(listing, name, actor=request.user, rev=seen.rev, **values)
        except Stale as error:
            listing, is_stale = error.row, True
            seen.renew(listing.rev)
        else:
            messages.success(request, move.done or _("已完成"))
            target = kind.url("own") if name == DELETE else kind.url("manage", listing.code)
            return redirect(target)
    label = kind.flow.transitions[name].label if name in kind.flow.transitions else _("删除草稿")
    context = {
        "kind": kind,
        "listing": listing,
        "move": move,
        "name": name,
        "label": label,
        "form": form,
        "refusal": refusal,
        "seen": seen,
        "is_stale": is_stale,
    }
    status = 409 if refusal or is_stale else 400 if data is not None else 200
    return render_page(request, "listings/listing_act.html", context, status=status)


def _own(request: HttpRequest, code: str, kind: ListingKind) -> Any:
    listing = fetch(kind.visible_to(request.user), code, actor=request.user, view=kind.perm("view"))
    if not (
        request.user.has_perm(kind.perm("edit"), listing)
        or request.user.has_perm(kind.perm("withdraw"), listing)
    ):
        raise Forbidden(_("只有本单位成员可以管理这条信息"))
    return listing


def _refusal(request: HttpRequest, kind: ListingKind, name: str, listing: Any) -> object:
    """Why the move can't be made now, or "". Raises Forbidden for people without the permission."""
    move = kind.flow.transitions.get(name)
    if not request.user.has_perm(move.permission if move else kind.perm("edit"), listing):
        raise Forbidden
    if move is not None:
        return kind.flow.refusal(name, listing, request.user)
    return services.deletion_refusal(listing)


def _offered(kind: ListingKind, listing: Any, actor: Actor) -> list[tuple[str, Any, Move]]:
    names = [t.name for t in kind.flow.available(listing, actor) if t.name in kind.moves]
    labels = {name: kind.flow.transitions[name].label for name in names}
    if listing.may_be_deleted:
        labels[DELETE] = _("删除草稿")
    return [(name, label, kind.moves[name]) for name, label in labels.items()]
