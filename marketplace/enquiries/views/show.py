"""The page of one enquiry: who, about what, how it stands, the conversation, the form to write."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from marketplace.disclosure.queries import grant_between
from marketplace.enquiries import queries, services
from marketplace.enquiries.forms import WriteForm
from marketplace.enquiries.models import Enquiry
from marketplace.enquiries.models.messages import SUBJECT
from marketplace.enquiries.policies import sides
from marketplace.enquiries.rulebook import OWNER
from marketplace.enquiries.views.conversation import conversation
from marketplace.enquiries.views.errors import add_errors
from marketplace.enquiries.views.rows import next_step, waits_for
from marketplace.files import services as files
from marketplace.journal.once import once
from marketplace.kernel.errors import InvalidInput, KeyReused, Stale
from marketplace.listings.kind import kind_named
from marketplace.parties.policies import Role, access_of
from marketplace.web.onetime import FormKey
from marketplace.web.seen import Seen
from marketplace.web.signed_out import login_required
from marketplace.web.throttle import limited
from marketplace.web.views import fetch, render_page

VIEW, WRITE = "enquiries.view_enquiry", "enquiries.write_enquiry"


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@limited("enquiries-write", per_user="120/h")
def show(request: HttpRequest, code: str) -> HttpResponse:
    """One enquiry; a POST writes to the other side. Reading marks it as read for people of its sides."""
    action = WRITE if request.method == "POST" else None
    enquiry = fetch(
        queries.visible_to(request.user), code, actor=request.user, view=VIEW, action=action
    )
    if request.method == "POST":
        return _write(request, enquiry)
    context = page_of(request, enquiry)
    if request.method == "GET" and context["held"]:
        services.mark_read(enquiry, actor=request.user)
    return render_page(request, "enquiries/enquiry_detail.html", context)


def _write(request: HttpRequest, enquiry: Enquiry) -> HttpResponse:
    """Send the message. What goes wrong is shown on the page of the enquiry, with everything typed."""
    seen, form_key = Seen(request, 0), FormKey(request)
    form = write_form(request, enquiry, bound=True)
    extra: dict[str, Any] = {"form": form, "seen": seen, "form_key": form_key}
    status = 400
    if form.is_valid():
        try:
            once(
                form_key.ticket(),
                lambda: send(request, enquiry, form, seen),
                actor=request.user,
                code=lambda message: str(message.pk),
            )
        except InvalidInput as error:
            add_errors(form, error)
        except KeyReused:
            extra["key_reused"], status = {"url": request.path}, 422
        except Stale as error:
            seen.renew(queries.newest_message_id(error.row))
            extra["came_between"], status = True, 409
        else:
            messages.success(request, _("已发送"))
            return redirect(f"{reverse('enquiries:show', args=[enquiry.code])}#newest")
    context = page_of(request, enquiry) | extra
    return render_page(request, "enquiries/enquiry_detail.html", context, status=status)


def send(request: HttpRequest, enquiry: Enquiry, form: WriteForm, seen: Seen) -> Any:
    """Store the files of a valid form, then the message with them. Raises what the services raise."""
    values = form.cleaned_data
    side = values.get("side", "")
    held = sides(request.user, enquiry)
    uploads = values.get("attachments") or []
    if (side or next(iter(held), "")) == OWNER and not values["names_checked"]:
        # Before a file is stored: its name is a text too.
        texts = [values["text"], values.get("reason", ""), *(row.name for row in uploads)]
        services.check_names(enquiry, texts)
    stored = files.store_uploads(uploads, subject_kind=SUBJECT, actor=request.user)
    if stored.reasons:
        for row in stored.taken:
            files.remove(row, actor=request.user)
        raise InvalidInput({"attachments": stored.reasons})
    return services.write(
        enquiry,
        values["text"],
        actor=request.user,
        side=side,
        seen=seen.rev,
        reason=values.get("reason", ""),
        attachments=stored.taken,
        names_checked=values["names_checked"],
    )


def write_form(request: HttpRequest, enquiry: Enquiry, *, bound: bool = False) -> WriteForm:
    """The form to write, empty or with what was sent."""
    data = (request.POST, request.FILES) if bound else ()
    return WriteForm(*data, held=sides(request.user, enquiry), is_over=enquiry.is_over)


def page_of(request: HttpRequest, enquiry: Enquiry) -> dict[str, Any]:
    """Everything that the page of an enquiry shows."""
    user = request.user
    held = sides(user, enquiry)
    listing = queries.listing_of(enquiry)
    kind = kind_named(enquiry.kind)
    shown = conversation(request, user, enquiry)
    return {
        "enquiry": enquiry,
        "kind": kind,
        "listing": listing,
        "listing_url": (
            kind.url("detail", listing.code)
            if listing is not None and user.has_perm(kind.perm("view"), listing)
            else ""
        ),
        "owner": queries.party(user, enquiry, OWNER),
        "asker": queries.party(user, enquiry, "asker"),
        "held": held,
        "settles": access_of(user).has(Role.OPERATOR),
        "owner_side": OWNER in held,
        "shared_contact": _shared_contact(enquiry),
        "grant": grant_between(kind.subject, enquiry.listing_id, enquiry.asker_id)
        if held and enquiry.asker_id is not None
        else None,
        "turn": next_step(enquiry, held),
        "is_mine": waits_for(enquiry) in held,
        "form": write_form(request, enquiry) if held else None,
        "form_key": FormKey(request),
        "seen": Seen(request, queries.newest_message_id(enquiry)),
        "may_name": enquiry.owner_is_hidden and user.has_perm("enquiries.name_enquiry", enquiry),
        "may_join": bool(held) and (shown["joined"] or _could_join(enquiry, user)),
        "evidence": queries.shown_evidence(enquiry.evidence),
        **shown,
    }


def _shared_contact(enquiry: Enquiry) -> str:
    """The address or number of a visitor who agreed that the owner has it."""
    visitor = enquiry.visitor
    return visitor.contact if visitor is not None and visitor.shares_contact else ""


def _could_join(enquiry: Enquiry, user: Any) -> bool:
    """Whether the same two organisations have another enquiry."""
    return queries.joinable_with(enquiry, user).exists()
