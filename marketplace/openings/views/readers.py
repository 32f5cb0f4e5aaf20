"""Reading an opened bid: each look and each file is written down before it is given."""

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from marketplace.bids.rulebook import percent
from marketplace.files.models import Attachment
from marketplace.files.sending import send_attachment
from marketplace.kernel import clock
from marketplace.kernel.clock import SHANGHAI
from marketplace.kernel.errors import Forbidden, InvalidInput, NotVisible, Refused
from marketplace.openings import queries, services
from marketplace.openings.forms import ShortlistForm
from marketplace.openings.models import OpenedBid
from marketplace.openings.rulebook import suggested_plan, summary_of
from marketplace.openings.views.shared import PersonRequest, opened
from marketplace.taxonomy.queries import is_off
from marketplace.web.acts import at_fields
from marketplace.web.signed_out import login_required
from marketplace.web.views import render_page


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def read(request: PersonRequest, code: str) -> HttpResponse:
    """One opened bid. Without the undertaking it leads to it; a POST puts the bid on the shortlist."""
    row = opened(request, code)
    if not request.user.has_perm("openings.read_bid", row):
        if request.method == "POST":
            raise Forbidden
        messages.info(request, _("请先签署保密承诺，再查阅方案"))
        return redirect("openings:show", row.opening.code)
    problem, status = None, 200
    asks_plan = queries.asks_plans(row.lot, row.opening.tender)
    form = _shortlist_form(request, row) if asks_plan else None
    if request.method == "POST" and (form is None or form.is_valid()):
        try:
            services.shortlist(row, form.instant if form else None, actor=request.user)
        except InvalidInput as error:
            if form is None:
                raise
            at_fields(form, error)
        except Refused as error:
            problem, status = error, error.status
        else:
            messages.success(request, _("已入围，投标人会收到通知；现在可以查阅完整方案"))
            return redirect("openings:read", row.bid.code)
    if form is not None and form.is_bound and form.errors:
        status = 400
    if request.method != "HEAD":
        services.note_reading(row, actor=request.user)
    whole = queries.may_see_files(row, request.user)
    own = request.user.access.in_org(row.bid.organization_id)
    content = row.form if whole else summary_of(row.form)
    requirements = {one.number: one for one in row.opening.tender.requirements.all()}
    context = {
        "row": row,
        "opening": row.opening,
        "tender": row.opening.tender,
        "form": content,
        "shortlist": form,
        "asks_plan": asks_plan,
        "answers": [(requirements.get(one["number"]), one["text"]) for one in content["answers"]],
        "lead_share": percent(content["lead_share"]),
        "partners": [(one["name"], percent(one["share"])) for one in content["partners"]],
        "files": queries.file_lines(row) if whole else [],
        "whole": whole,
        "shortlists": not row.is_whole and request.user.has_perm("openings.shortlist_bid", row),
        # Both name other bidders of the lot, whom a bidder learns from the minutes at most.
        "flags": [] if own else queries.flags_of(row),
        "kin": [] if own else queries.kin_of(row),
        "own": own,
        "problem": problem,
    }
    response = render_page(request, "openings/read.html", context, status=status)
    response["Cache-Control"] = "no-store"
    return response


def _shortlist_form(request: PersonRequest, row: OpenedBid) -> ShortlistForm:
    """The deadline of the whole plan: that of the lot, or else one that leaves enough time."""
    if request.method == "POST":
        return ShortlistForm(request.POST)
    set_before = queries.plans_until([row.lot_id]).get(row.lot_id)
    soonest = suggested_plan(row.opening.tender.ruled_by, clock.now(), is_off)
    at = max(set_before or soonest, soonest).astimezone(SHANGHAI)
    return ShortlistForm(initial={"until": at.date(), "until_time": at.time()})


@login_required
@require_safe
def file(request: PersonRequest, code: str, number: int) -> HttpResponseBase:
    """One file of an opened bid, after it passed the checks."""
    row = opened(request, code)
    if not request.user.has_perm("openings.read_bid", row):
        raise Forbidden(_("请先签署保密承诺，再查阅方案"))
    if not queries.may_see_files(row, request.user):
        raise Forbidden(_("入围后才能查阅完整方案和附件"))
    if not 1 <= number <= len(row.files) or not row.files[number - 1]["code"]:
        raise NotVisible
    found = Attachment.objects.filter(code=row.files[number - 1]["code"]).first()
    if found is None or not found.is_ready:
        raise NotVisible
    if request.method == "GET":
        services.note_reading(row, actor=request.user, file=found.name)
    return send_attachment(request, found, request.user)
