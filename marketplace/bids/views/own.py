"""A bidder's own pages: list, one bid with its receipts, the draft of a bid that is not sealed."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.staticfiles import finders
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from marketplace.bids import queries, services
from marketplace.bids.adapters import signing, store
from marketplace.bids.events import BID as BID_KIND
from marketplace.bids.forms import BeginForm, BidFields, FilesForm, KinForm, PledgeForm
from marketplace.bids.models import BID_FILES, Bid, Envelope
from marketplace.bids.rulebook import PLEDGE, PLEDGES, empty_form, percent, price_words
from marketplace.bids.services import Handover
from marketplace.bids.views.shared import PersonRequest, one
from marketplace.bids.workflow import BID, LIVE, Status
from marketplace.custody.sealing import sha256
from marketplace.files.queries import attachments_of, file_rows
from marketplace.journal.once import once
from marketplace.journal.queries import history
from marketplace.kernel.errors import (
    Forbidden,
    InvalidInput,
    KeyReused,
    NotVisible,
    Refused,
    Stale,
    StorageFull,
)
from marketplace.parties import queries as parties
from marketplace.tenders import queries as tenders
from marketplace.tenders.services import settle
from marketplace.tenders.workflow import OPEN
from marketplace.web.acts import Act
from marketplace.web.onetime import FormKey
from marketplace.web.seen import Seen
from marketplace.web.signed_out import login_required
from marketplace.web.throttle import limited
from marketplace.web.views import fetch, paginate, render_page


@require_safe
def receipts(request: HttpRequest) -> HttpResponse:
    """How everybody checks a receipt: the public key, the chain, the hash of the sealing script."""
    place = finders.find("custody/seal.mjs") or str(settings.STATIC_ROOT / "custody" / "seal.mjs")
    with open(str(place), "rb") as script:  # noqa: PTH123 -- a path of Django's finders
        digest = sha256(script.read())
    context = {"pem": signing.public_pem(), "script_hash": digest}
    return render_page(request, "bids/receipts.html", context)


@login_required
@require_safe
def own(request: PersonRequest) -> HttpResponse:
    """The bids of the reader's organisations, the newest first."""
    return render_page(
        request, "bids/own.html", {"page": paginate(request, queries.own(request.user))}
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@limited("bids", per_user="60/h")
def new(request: PersonRequest, tender: str) -> HttpResponse:
    """Begin a bid; `tender` is the code of what it is for."""
    row = settle(fetch(tenders.published(), tender, actor=request.user, view="tenders.view_tender"))
    orgs = {
        one.organization.code: one.organization
        for one in parties.organizations_of(request.user)
        if one.organization_id != row.owner_id
    }
    lots = {str(lot.number): lot for lot in row.lots.all()}
    data = request.POST if request.method == "POST" else None
    form = BeginForm(data, organizations=list(orgs.values()), lots=list(lots.values()))
    form_key, problem, reused, status = FormKey(request), None, None, 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            org, lot = orgs[form.cleaned_data["organization"]], lots[form.cleaned_data["lot"]]
            try:
                made = once(
                    form_key.ticket(),
                    lambda: services.draft_bid(row, lot, org, actor=request.user),
                    actor=request.user,
                )
            except KeyReused as error:
                reused, status = {"url": ""}, error.status
            except (Refused, Forbidden) as error:
                problem, status = error, error.status
            else:
                return redirect("bids:show", made.code)
    context = {
        "tender": row,
        "form": form,
        "form_key": form_key,
        "key_reused": reused,
        "problem": problem,
        "has_organization": bool(orgs),
    }
    return render_page(request, "bids/new.html", context, status=status)


def _may_begin_again(request: PersonRequest, row: Bid) -> bool:
    """Whether who took this bid back may hand in another for its lot, and has none yet."""
    if row.status != Status.WITHDRAWN or not row.tender.takes_bids_now:
        return False
    live = queries.live_of(request.user, [row.tender_id]).get(row.tender_id)
    return live is None or live.lot_id != row.lot_id


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def show(request: PersonRequest, code: str) -> HttpResponse:
    """One bid: what to do next, its envelopes and receipts."""
    row = one(request, code)
    chosen = request.POST.get("act", "") if request.method == "POST" else ""
    acts = _acts(request, row, chosen)
    seen, status, wrong = Seen(request, row.rev), 200, list[tuple[str, Any, str]]()
    problem: Refused | Forbidden | None = None
    if request.method == "POST":
        act = next((act for act in acts if act.name == chosen), None)
        status = 400
        try:
            if act is None:
                problem = Refused(_("当前状态不能这样办理，请刷新页面"))
                status = problem.status if chosen else 400
            elif act.form is None or act.form.is_valid():
                _do(request, row, act, seen.rev)
                messages.success(request, _("已办理：%(move)s") % {"move": act.label})
                if chosen == "discard":
                    return redirect("bids:own")
                return redirect("bids:show", row.code)
        except InvalidInput as error:
            wrong = _wrong(row, error)
        except (Refused, Forbidden) as error:
            problem, status = error, error.status
            if isinstance(error, Stale):
                seen.renew(getattr(error.row, "rev", ""))
    context = {
        "bid": row,
        "tender": row.tender,
        "acts": acts,
        "seen": seen,
        "problem": problem,
        "wrong": wrong,
        "standing": queries.standing(row, row.tender),
        "receipts": queries.receipts_of(row),
        "edits": row.status in LIVE and row.tender.status_now in OPEN,
        "begins_again": _may_begin_again(request, row),
        "binds": request.user.has_perm("bids.bind_bid", row),
        "pledge": PLEDGES[PLEDGE],
        "history": history(BID_KIND, row.pk),
    }
    return render_page(request, "bids/show.html", context, status=status)


def _wrong(row: Bid, error: InvalidInput) -> list[tuple[str, Any, str]]:
    """(address, label, reason) of what is missing for the hand-in: the fields stand on the page of the draft."""
    page = reverse("bids:edit", args=[row.code])
    fields = BidFields(None, row.form, row.tender)
    found = []
    for target, label, reason in fields.places(error):
        # Who heads the bidder is said on this page.
        here = "#id_kin-head" if "head" in error.errors and not target else ""
        found.append((f"{page}#{target}" if target else here, label, reason))
    return found


def _acts(request: PersonRequest, row: Bid, chosen: str) -> list[Act]:
    moves = {move.name: move for move in BID.available(row, request.user)}
    found: list[Act] = []

    def pledge(name: str) -> PledgeForm:
        data = request.POST if chosen == name else None
        return PledgeForm(data, prefix=name)

    if not row.tender.is_sealed:
        found += [
            Act(name, moves[name].label, pledge(name), note=PLEDGES[PLEDGE])
            for name in ("submit", "replace")
            if name in moves
        ]
    if (
        row.tender.ruled_by.bars_kin
        and row.status in LIVE
        and row.tender.status_now in OPEN
        and request.user.has_perm("bids.edit_bid", row)
    ):
        said = {"head": row.head, "controllers": row.controllers}
        data = request.POST if chosen == "kin" else None
        note = _("同一标段的投标人不得为同一负责人，也不得有控股或管理关系（条例第三十四条）。")
        label = _("保存单位负责人和关联单位")
        found.append(Act("kin", label, KinForm(data, initial=said, prefix="kin"), note=note))
    binds = request.user.has_perm("bids.bind_bid", row)
    if binds and row.tender.takes_bids_now and queries.standing(row, row.tender).must_confirm:
        note = _("确认已提交的方案也适用于变更后的公告；内容需要调整的，请重新提交。")
        found.append(Act("confirm", _("确认"), note=note))
    if "withdraw" in moves:
        note = _("撤回后方案永远不会开启；截止前可以重新参加。")
        found.append(Act("withdraw", moves["withdraw"].label, danger=True, note=note, asks=True))
    if row.status == Status.DRAFT and request.user.has_perm("bids.edit_bid", row):
        note = _("草稿和附件一并删除，不能恢复。")
        found.append(Act("discard", _("删除草稿"), danger=True, note=note, asks=True))
    return found


def _do(request: PersonRequest, row: Bid, chosen: Act, rev: Any) -> None:
    actor, act = request.user, chosen.name
    if act in {"submit", "replace"}:
        said = Handover(_number(request.POST.get("terms_rev", "")), PLEDGE, rev)
        services.hand_in_open(row, said, actor=actor)
    elif act == "kin":
        held = chosen.form.cleaned_data
        names = held["controllers"].splitlines()
        services.declare_kin(row, held["head"], names, actor=actor, rev=rev)
    elif act == "confirm":
        terms_rev = _number(request.POST.get("terms_rev", ""))
        services.confirm_bid(row, terms_rev=terms_rev, actor=actor, rev=rev)
    elif act == "withdraw":
        services.withdraw_bid(row, actor=actor, rev=rev)
    else:
        services.discard_bid(row, actor=actor, rev=rev)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 9 else 0


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@limited("uploads", per_user="60/h")
def edit(request: PersonRequest, code: str) -> HttpResponse:
    """The draft of a bid that rights alone hide; a sealed one is written in the page that seals it."""
    row = one(request, code, "bids.edit_bid")
    if row.tender.is_sealed:
        return redirect("bids:seal", row.code)
    posted = request.method == "POST"
    fields = BidFields(request.POST if posted else None, row.form, row.tender)
    files_form = FilesForm(request.POST if posted else None, request.FILES if posted else None)
    fields.beside = [files_form]
    seen, status = Seen(request, row.rev), 200
    problem: Refused | StorageFull | None = None
    if posted:
        status = 400
        if all([fields.is_valid(), files_form.is_valid()]):
            removed = set(request.POST.getlist("remove"))
            kept = [file for file in row.kept if file not in removed]
            try:
                services.edit_bid(row, fields.form, kept, actor=request.user, rev=seen.rev)
                if files_form.cleaned_data["uploads"] and not row.tender.summary_first:
                    services.add_files(row, files_form.cleaned_data["uploads"], actor=request.user)
            except InvalidInput as error:
                fields.add_errors(error)
            except StorageFull as error:
                problem, status = error, error.status
            except Refused as error:
                problem, status = error, error.status
                if isinstance(error, Stale):
                    seen.renew(getattr(error.row, "rev", ""))
            else:
                messages.success(request, _("草稿已保存，还没有提交"))
                return redirect("bids:show", row.code)
    kept_rows = [one for one in attachments_of(BID_FILES, row.pk) if one.code in row.kept]
    context = {
        "bid": row,
        "tender": row.tender,
        "fields": fields,
        "files_form": files_form,
        "files": file_rows(kept_rows, remove_name="remove"),
        "seen": seen,
        "problem": problem,
    }
    return render_page(request, "bids/edit.html", context, status=status)


@login_required
@require_safe
def receipt(request: PersonRequest, code: str, digest: str) -> HttpResponse:
    """One receipt as the canonical JSON that was signed."""
    row = one(request, code)
    found = next((one for one in queries.receipts_of(row) if one.digest == digest), None)
    if found is None:
        raise NotVisible
    response = HttpResponse(bytes(found.raw), content_type="application/json")
    name = f"{row.code}-{found.number}.json"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "no-store"
    return response


@login_required
@require_safe
def copy(request: PersonRequest, code: str) -> HttpResponse:
    """What was handed in last: a sealed bid opens in the browser with one's own key, another is shown as it is."""
    row = one(request, code)
    found = queries.current(row)
    context = {"bid": row, "tender": row.tender, "envelope": found}
    if found is not None and found.sealed_by == Envelope.SealedBy.ACCESS:
        context |= _content_of(row, found)
    response = render_page(request, "bids/copy.html", context)
    response["Cache-Control"] = "no-store"
    return response


def _content_of(row: Bid, envelope: Envelope) -> dict[str, Any]:
    """The content of an envelope that rights alone hide, for its page. What was typed since is not in it."""
    form = empty_form() | envelope.form
    asked = {one.number: one for one in row.tender.requirements.all()}
    codes = [one["code"] for one in envelope.files]
    files = {one.code: one for one in attachments_of(BID_FILES, row.pk)}
    return {
        "form": form,
        "price": price_words(form["price"]),
        "answers": [(asked.get(one["number"]), one["text"]) for one in form["answers"]],
        "lead_share": percent(form["lead_share"]),
        "partners": [(one["name"], percent(one["share"])) for one in form["partners"]],
        "files": [files[code] for code in codes if code in files],
    }


@login_required
@require_safe
def part(request: PersonRequest, code: str, revision: int, number: int) -> HttpResponse:
    """A part of one's own envelope as it is stored: 0 is the header, then the ciphertexts."""
    row = one(request, code)
    found = row.envelopes.filter(revision=revision).exclude(sealed_by="access").first()
    if found is None or number > len(found.files):
        raise Http404
    if number == 0:
        response: Any = HttpResponse(bytes(found.header), content_type="application/octet-stream")
    else:
        try:
            stream = store.open_stored(found.files[number - 1]["path"])
        except FileNotFoundError as error:
            raise Http404 from error
        response = FileResponse(stream, content_type="application/octet-stream")
    response["Content-Disposition"] = "attachment"
    response["Cache-Control"] = "no-store"
    return response
