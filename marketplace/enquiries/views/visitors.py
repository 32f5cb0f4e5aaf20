"""Asking without an account, in two steps: what is asked, then the code. And the way back by a link."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from marketplace.enquiries import queries, services
from marketplace.enquiries.forms import CodeForm, VisitorForm, WriteForm
from marketplace.enquiries.forms.way import ReasonForm
from marketplace.enquiries.models import Enquiry, VisitorLink
from marketplace.enquiries.rulebook import ASKER
from marketplace.enquiries.services import Guest
from marketplace.enquiries.views.asking import listing_asked
from marketplace.enquiries.views.conversation import conversation
from marketplace.enquiries.views.errors import add_errors
from marketplace.enquiries.views.leads import answer_for
from marketplace.enquiries.views.rows import next_step
from marketplace.files.sending import send
from marketplace.kernel.errors import InvalidInput, NotVisible, Refused, Stale, TooMany
from marketplace.listings.kind import ListingKind
from marketplace.web.seen import Seen
from marketplace.web.throttle import client_network, limited
from marketplace.web.views import render_page

#: In the session: the key of the link that was opened.
OPENED = "enquiries_link"


@require_http_methods(["GET", "HEAD", "POST"])
@limited("enquiries-visitor", per_ip="60/h")
def ask_visitor(request: HttpRequest, kind: str, code: str) -> HttpResponse:
    """The first step, or the second when the sealed question of the first comes with it."""
    found, listing = listing_asked(request, kind, code)
    return _first_step(request, found, listing)


def _first_step(request: HttpRequest, kind: ListingKind, listing: Any) -> HttpResponse:
    if request.method == "POST" and "sealed" in request.POST:
        return _second_step(request, kind, listing)
    form = VisitorForm(request.POST or None)
    status = 400 if request.method == "POST" else 200
    if request.method == "POST" and form.is_valid():
        held = form.cleaned_data
        values = {
            "kind": kind.name,
            "listing_id": listing.pk,
            "language": get_language() or "zh-hans",
            **{name: held[name] for name in form.fields if name != "consent"},
        }
        try:
            services.send_code(
                held["contact"], network=client_network(request), language=values["language"]
            )
        except TooMany as error:
            form.add_error("contact", str(error))
            status = error.status
        else:
            return _code_page(request, kind, listing, values, CodeForm())
    return _form_page(request, kind, listing, form, status)


def _second_step(request: HttpRequest, kind: ListingKind, listing: Any) -> HttpResponse:
    try:
        values = services.unseal(request.POST["sealed"], of=(kind.name, listing.pk))
    except InvalidInput as error:
        messages.error(request, str(error.errors[""][0]))
        return _form_page(request, kind, listing, VisitorForm(), 400)
    if "edit" in request.POST:
        return _form_page(request, kind, listing, VisitorForm(initial=values), 200)
    network = client_network(request)
    form = CodeForm(request.POST if "again" not in request.POST else None)
    try:
        if "again" in request.POST:
            services.send_code(values["contact"], network=network, language=values["language"])
            messages.success(request, _("新的验证码已发送"))
            return _code_page(request, kind, listing, values, form)
        if form.is_valid():
            _enquiry, link = services.confirm(values, form.cleaned_data["code"], network=network)
            open_link(request, link)
            messages.success(request, _("咨询已发送，查看答复的链接已发到您的联系方式"))
            return redirect("enquiries:visit")
    except TooMany as error:
        messages.error(request, str(error))
        return _code_page(request, kind, listing, values, form, error.status)
    except InvalidInput as error:
        add_errors(form, error)
    return _code_page(request, kind, listing, values, form, 400)


def _form_page(
    request: HttpRequest, kind: ListingKind, listing: Any, form: VisitorForm, status: int
) -> HttpResponse:
    context = {"kind": kind, "listing": listing, "form": form}
    return render_page(request, "enquiries/visitor_ask.html", context, status=status)


def _code_page(
    request: HttpRequest,
    kind: ListingKind,
    listing: Any,
    values: dict[str, Any],
    form: CodeForm,
    status: int = 200,
) -> HttpResponse:
    context = {
        "kind": kind,
        "listing": listing,
        "values": values,
        "contact": values["contact"].removeprefix("+86"),
        "sealed": services.seal(values),
        "form": form,
    }
    return render_page(request, "enquiries/visitor_code.html", context, status=status)


# --- the way back -----------------------------------------------------------------------------
def open_link(request: HttpRequest, link: VisitorLink) -> None:
    """Bind this browser's session to the enquiry of a link."""
    request.session[OPENED] = link.pk


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@limited("enquiries-link", per_ip="120/h", methods=("GET", "POST"))
def by_link(request: HttpRequest, token: str) -> HttpResponse:
    """The page behind a link. A GET changes nothing: programs that scan mails open links too.

    A POST opens the enquiry in this browser, and answers the question whether the two have met; or it sends
    a fresh link to the same contact.
    """
    link = queries.link_of_token(token)
    runs, problem, sent = queries.is_running(link), "", False
    if request.method == "POST":
        if runs:
            open_link(request, link)
            if "met" in request.POST:
                return _answer_met(request, link.enquiry)
            return redirect("enquiries:visit")
        try:
            services.renew_link(link, network=client_network(request))
            sent = True
        except Refused as error:
            problem = str(error)
    context = {
        "runs": runs,
        "revoked": link.revoked_at is not None,
        "sent": sent,
        "met": queries.open_met_question(link.enquiry, ASKER) if runs else None,
    }
    status = 409 if problem else 200
    return render_page(request, "enquiries/visitor_link.html", context, status=status)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@limited("enquiries-visit", per_ip="120/h")
def visit(request: HttpRequest) -> HttpResponse:
    """The enquiry of the link that was opened in this browser: read, write, end it, make the link useless."""
    enquiry = _of_session(request)
    guest = Guest(enquiry.pk)
    seen = Seen(request, queries.newest_message_id(enquiry))
    data = request.POST if request.method == "POST" else None
    if data is not None and "revoke" in data:
        services.revoke_links(enquiry)
        request.session.pop(OPENED, None)
        return render_page(request, "enquiries/visitor_link.html", {"revoked": True})
    if data is not None and "met" in data:
        return _answer_met(request, enquiry)
    lead = queries.lead_of(enquiry)
    if data is not None and "act" in data and lead is not None:
        answer_for(guest, lead, act=data["act"], rev=seen.rev)
        messages.success(request, _("已答复"))
        return redirect("enquiries:visit")
    ends = data is not None and "close" in data
    closing = ReasonForm(data if ends else None)
    form = WriteForm(
        None if ends else data, held={"asker"}, is_over=enquiry.is_over, takes_files=False
    )
    status = 200
    if data is not None:
        status = _end(closing, enquiry, seen) if ends else _write(form, enquiry, seen)
    if status == 302:
        messages.success(request, _("这条咨询已结束") if ends else _("已发送"))
        return redirect("enquiries:visit")
    held = frozenset({"asker"})
    context = {
        "enquiry": enquiry,
        "owner": queries.party(guest, enquiry, "owner"),
        "asker": queries.party(guest, enquiry, "asker"),
        "turn": next_step(enquiry, held),
        "form": form,
        "closing": None if enquiry.is_over else closing,
        "seen": seen,
        "met": queries.open_met_question(enquiry, ASKER),
        "came_between": status == 409,
        "lead": lead
        if lead is not None and guest.has_perm("enquiries.confirm_lead", lead)
        else None,
        **conversation(request, guest, enquiry, file_page="enquiries:visit_file"),
    }
    return render_page(request, "enquiries/visitor_detail.html", context, status=status)


def _answer_met(request: HttpRequest, enquiry: Enquiry) -> HttpResponse:
    """One click: did the owner get in touch? Said again, the last answer counts."""
    question = queries.met_questions_of(enquiry).first()
    if question is None:
        raise NotVisible
    services.answer_met(question, answer=request.POST["met"], actor=Guest(enquiry.pk))
    messages.success(request, _("谢谢，已记录"))
    return redirect("enquiries:visit")


def _write(form: WriteForm, enquiry: Enquiry, seen: Seen) -> int:
    """Write for the visitor: 302 when it was done, 400 with errors in the form, 409 when somebody wrote between."""

    def write() -> None:
        services.write(
            enquiry,
            form.cleaned_data["text"],
            actor=Guest(enquiry.pk),
            seen=seen.rev,
            reason=form.cleaned_data.get("reason", ""),
        )

    return _done(form, seen, write)


def _end(form: ReasonForm, enquiry: Enquiry, seen: Seen) -> int:
    """End the enquiry for the visitor; answers as `_write`."""

    def end() -> None:
        services.close(enquiry, actor=Guest(enquiry.pk), seen=seen.rev, **form.cleaned_data)

    return _done(form, seen, end)


def _done(form: Form, seen: Seen, act: Callable[[], None]) -> int:
    if not form.is_valid():
        return 400
    try:
        act()
    except InvalidInput as error:
        add_errors(form, error)
        return 400
    except Stale as error:
        seen.renew(queries.newest_message_id(error.row))
        return 409
    return 302


@never_cache
@require_safe
def visit_file(request: HttpRequest, code: str) -> HttpResponseBase:
    """A file of a message, for the visitor whose enquiry it is in."""
    return send(request, code, Guest(_of_session(request).pk))


def _of_session(request: HttpRequest) -> Enquiry:
    """The enquiry that this browser has opened. Raises NotVisible."""
    link = queries.running_link(request.session.get(OPENED))
    if link is None:
        raise NotVisible
    return link.enquiry
