"""Asking about a listing, from its own page."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from marketplace.enquiries import services
from marketplace.enquiries.forms import AskForm
from marketplace.journal.once import once
from marketplace.kernel.errors import Forbidden, InvalidInput, KeyReused, Refused
from marketplace.listings.kind import ListingKind, kind_named
from marketplace.listings.workflow import CONTACTABLE
from marketplace.web.onetime import FormKey
from marketplace.web.signed_out import login_required
from marketplace.web.throttle import limited
from marketplace.web.views import fetch, render_page


def listing_asked(request: HttpRequest, kind: str, code: str) -> tuple[ListingKind, Any]:
    """The kind and the listing of an address, as far as the reader may see them. Raises Http404."""
    try:
        found = kind_named(kind)
    except KeyError:
        raise Http404 from None
    visible = found.visible_to(request.user)
    return found, fetch(visible, code, actor=request.user, view=found.perm("view"))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@limited("enquiries-ask", per_user="30/h")
def ask(request: HttpRequest, kind: str, code: str) -> HttpResponse:
    """The question of an organisation about one listing."""
    found, listing = listing_asked(request, kind, code)
    if listing.status not in CONTACTABLE:
        raise Refused(_("这条信息已下架或已结束，不能再咨询"))
    askers = services.asking_organizations(request.user, listing)
    if not askers:
        raise Forbidden(_("只有已加入单位的成员可以咨询其他单位发布的信息"))
    form, form_key = AskForm(request.POST or None, askers=askers), FormKey(request)
    context = {"kind": found, "listing": listing, "form": form, "form_key": form_key}
    if request.method == "POST" and form.is_valid():
        values = {
            "asker": form.asker_chosen,
            "text": form.cleaned_data["text"],
            "pool_consent": form.cleaned_data["pool_consent"],
        }
        try:
            made = once(
                form_key.ticket(),
                lambda: services.ask(found, listing, actor=request.user, **values),
                actor=request.user,
            )
        except InvalidInput as error:
            add_errors(form, error)
        except KeyReused:
            context["key_reused"] = {}
        else:
            messages.success(request, _("已发送，对方答复后会通知您"))
            return redirect("enquiries:show", made.code)
    status = 400 if request.method == "POST" else 200
    return render_page(request, "enquiries/enquiry_ask.html", context, status=status)


def add_errors(form: Any, error: InvalidInput) -> None:
    """Put the errors of a service at the fields of a form."""
    for name, reasons in error.errors.items():
        for reason in reasons:
            form.add_error(name if name in form.fields else None, reason)
