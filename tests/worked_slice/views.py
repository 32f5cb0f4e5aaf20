"""The pages of visits."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from marketplace.journal.once import once
from marketplace.journal.queries import history
from marketplace.kernel.errors import InvalidInput, KeyReused, Refused, Stale
from marketplace.parties import queries as parties
from marketplace.web.onetime import FormKey
from marketplace.web.seen import Seen
from marketplace.web.signed_out import login_required
from marketplace.web.views import fetch, paginate, render_page
from tests.worked_slice import events, queries, services
from tests.worked_slice.forms import AskForm
from tests.worked_slice.workflow import VISIT


@login_required
@require_safe
def own_visits(request: HttpRequest) -> HttpResponse:
    """Visits of the reader's organisations, as guest or host."""
    page = paginate(request, queries.visible_to(request.user))
    return render_page(request, "visits/visit_list.html", {"page": page})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest, code: str) -> HttpResponse:
    """Ask the organisation of this code."""
    host = fetch(
        parties.visible_to(request.user), code, actor=request.user, view="parties.view_organization"
    )
    guests = {
        row.organization.code: row.organization for row in parties.organizations_of(request.user)
    }
    form, form_key = AskForm(request.POST or None, guests=list(guests.values())), FormKey(request)
    if request.method == "POST" and form.is_valid():
        values = {
            "guest": guests[form.cleaned_data["guest"]],
            "purpose": form.cleaned_data["purpose"],
        }
        try:
            made = once(
                form_key.ticket(),
                lambda: services.ask_visit(host=host, actor=request.user, **values),
                actor=request.user,
            )
        except (InvalidInput, KeyReused) as error:
            form.add_error(None, str(error))
        else:
            return redirect("visits:show", made.code)
    context = {"host": host, "form": form, "form_key": form_key}
    status = 400 if request.method == "POST" else 200
    return render_page(request, "visits/visit_ask.html", context, status=status)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def show(request: HttpRequest, code: str) -> HttpResponse:
    """One visit; a POST agrees to it."""
    action = "visits.agree_visit" if request.method == "POST" else None
    visit = fetch(
        queries.visible_to(request.user),
        code,
        actor=request.user,
        view="visits.view_visit",
        action=action,
    )
    seen, problem = Seen(request, visit.rev), ""
    if request.method == "POST":
        try:
            services.agree_visit(visit, actor=request.user, rev=seen.rev)
        except Stale as error:
            visit, problem = error.row, str(error)
            seen.renew(visit.rev)
        except Refused as error:
            problem = str(error)
        else:
            messages.success(request, _("已同意"))
            return redirect("visits:show", visit.code)
    context = {
        "visit": visit,
        "seen": seen,
        "problem": problem,
        "moves": VISIT.available(visit, request.user),
        "history": history(events.VISIT, visit.pk),
    }
    return render_page(request, "visits/visit_detail.html", context, status=409 if problem else 200)
