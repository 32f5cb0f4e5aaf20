"""Pages of what officers and brokers log for firms, and the county officer's first page."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from marketplace.enquiries import queries, services
from marketplace.enquiries.forms.way import ContactForm, ReplyForm
from marketplace.enquiries.queries.way import MOST_ROWS
from marketplace.enquiries.views.asking import add_errors
from marketplace.journal.once import once
from marketplace.kernel.codes import read_code
from marketplace.kernel.errors import Forbidden, InvalidInput, KeyReused, Refused
from marketplace.listings.kind import kinds
from marketplace.parties import queries as parties
from marketplace.taxonomy.queries import label
from marketplace.web.onetime import FormKey
from marketplace.web.seen import Seen
from marketplace.web.signed_out import login_required
from marketplace.web.views import fetch, paginate, render_page

#: Contacts that the officer's first page shows; the list has all.
MOST_CONTACTS = 10


@login_required
@require_safe
def list_contacts(request: HttpRequest) -> HttpResponse:
    """What was logged for the reader's firms, or by the reader."""
    page = paginate(request, queries.contacts_visible_to(request.user))
    return render_page(request, "enquiries/contact_list.html", {"page": page})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def log_contact(request: HttpRequest, code: str) -> HttpResponse:
    """Log a call, a visit or a talk for the firm of this code; `?listing=` and `?enquiry=` say what about."""
    firm = fetch(
        parties.visible_to(request.user),
        code,
        actor=request.user,
        view="parties.view_organization",
        action="enquiries.log_for_organization",
    )
    form = ContactForm(request.POST if request.method == "POST" else None)
    problem: object = None
    form_key = FormKey(request)
    status = 400 if form.is_bound else 200
    kind, listing = _listing(request, firm.pk)
    named = request.GET.get("enquiry", "")
    enquiry = queries.enquiry_to_log(request.user, read_code(named)) if named else None
    if named and (enquiry is None or firm.pk not in {enquiry.owner_id, enquiry.asker_id}):
        # Without it the record would stand beside the enquiry that it is about, and change nothing there.
        problem = _("没有找到这条咨询：编号有误、不是该单位的，或者已经得到答复")
        enquiry, status = None, 400
    elif form.is_bound and form.is_valid():
        try:
            made = once(
                form_key.ticket(),
                lambda: services.log_contact(
                    firm,
                    actor=request.user,
                    kind=kind,
                    listing=listing,
                    enquiry=enquiry,
                    **form.cleaned_data,
                ),
                actor=request.user,
            )
        except InvalidInput as error:
            add_errors(form, error)
        except KeyReused as error:
            problem, status = error, error.status
        else:
            messages.success(request, _("已登记，等待单位核对"))
            return redirect("enquiries:contact", made.code)
    context = {
        "firm": firm,
        "listing": listing,
        "enquiry": enquiry,
        "form": form,
        "form_key": form_key,
        "problem": problem,
        "title": _("代单位登记联系"),
        "explain": firm.name,
        "button": _("登记"),
        "back": reverse("enquiries:contacts"),
    }
    return render_page(request, "enquiries/way_form.html", context, status=status)


def _listing(request: HttpRequest, firm_id: int) -> tuple[Any, Any]:
    """The published listing of the firm that `?listing=` names, with its kind."""
    code = read_code(request.GET.get("listing", ""))
    for kind in kinds():
        if code.startswith(kind.prefix):
            found = kind.visible_to(request.user).filter(code=code, owner_id=firm_id).first()
            return (kind, found) if found is not None else (None, None)
    return None, None


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def show_contact(request: HttpRequest, code: str) -> HttpResponse:
    """What was logged for a firm; a POST of the firm confirms or disputes it."""
    contact = fetch(
        queries.contacts_visible_to(request.user),
        code,
        actor=request.user,
        view="enquiries.view_contact",
        action="enquiries.answer_contact" if request.method == "POST" else None,
    )
    seen, problem = Seen(request, contact.rev), None
    status = 200
    if request.method == "POST":
        form = ReplyForm(request.POST)
        try:
            reply = form.cleaned_data["reply"] if form.is_valid() else ""
            services.answer_contact(contact, reply=reply, actor=request.user, rev=seen.rev)
        except Refused as error:
            problem, status = error, error.status
            contact.refresh_from_db()
            seen.renew(contact.rev)
        else:
            messages.success(request, _("已答复"))
            return redirect("enquiries:contact", code)
    may = request.user.has_perm("enquiries.answer_contact", contact) and contact.takes_reply
    renews = not contact.reply and request.user.has_perm("enquiries.renew_contact", contact)
    context = {
        "contact": contact,
        "may_answer": may,
        "may_renew": renews and bool(contact.firm.contact_email),
        "seen": seen,
        "problem": problem,
    }
    return render_page(request, "enquiries/contact_detail.html", context, status=status)


@login_required
@require_POST
def renew_contact_link(request: HttpRequest, code: str) -> HttpResponse:
    """Who logged a contact asks that the firm be sent another link."""
    contact = fetch(
        queries.contacts_visible_to(request.user),
        code,
        actor=request.user,
        view="enquiries.view_contact",
        action="enquiries.renew_contact",
    )
    try:
        services.renew_contact_link(contact, actor=request.user)
    except Refused as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("新的核对链接正在发往该单位登记的邮箱，原链接失效"))
    return redirect("enquiries:contact", code)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def confirm_by_link(request: HttpRequest, token: str) -> HttpResponse:
    """The firm's page by the link. A GET changes nothing: mail scanners open links."""
    contact = queries.contact_by_token(token)
    seen, problem, status = Seen(request, contact.rev), None, 200
    if request.method == "POST":
        if request.user.pk == contact.logged_by_id:
            raise Forbidden(_("登记人不能代单位确认，请把链接交给该单位"))
        form = ReplyForm(request.POST)
        try:
            reply = form.cleaned_data["reply"] if form.is_valid() else ""
            contact = services.answer_contact_by_link(token, reply=reply, rev=seen.rev)
        except Refused as error:
            problem, status = error, error.status
            contact = queries.contact_by_token(token)
            seen.renew(contact.rev)
    context = {"contact": contact, "seen": seen, "problem": problem}
    response = render_page(request, "enquiries/contact_link.html", context, status=status)
    # The address is a secret: it must not travel to other sites or into search engines.
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex"
    return response


@login_required
@require_safe
def county(request: HttpRequest) -> HttpResponse:
    """The officer's first page: silent owners, needs never visited, intents without a contract."""
    if not request.user.has_perm("enquiries.view_county"):
        raise Forbidden
    districts = queries.districts_of(request.user)
    context = {
        "district": "、".join(label("district", code) for code in sorted(districts)) or _("全市"),
        "silent": list(queries.silent_in(districts)[:MOST_ROWS]),
        "unvisited": list(queries.unvisited_needs_in(districts)[:MOST_ROWS]),
        "intents": list(queries.intents_without_contract_in(districts)[:MOST_ROWS]),
        "contacts": list(queries.contacts_visible_to(request.user)[:MOST_CONTACTS]),
        "most": MOST_ROWS,
    }
    return render_page(request, "enquiries/county.html", context)
