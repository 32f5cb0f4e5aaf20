"""The wizard. A step is saved when it is sent; on an error everything that was typed is shown again."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from marketplace.files import services as files
from marketplace.files.queries import attachments_of
from marketplace.journal.once import once
from marketplace.kernel.errors import InvalidInput, KeyReused, Refused, Stale, TooMany
from marketplace.listings import services
from marketplace.listings.forms import Step
from marketplace.listings.kind import ListingKind
from marketplace.listings.views import changes
from marketplace.listings.workflow import EDITABLE
from marketplace.parties.queries import publishing_organizations
from marketplace.web import throttle
from marketplace.web.onetime import FormKey
from marketplace.web.seen import Seen
from marketplace.web.signed_out import login_required
from marketplace.web.views import fetch, render_page

#: Requests with files that one person may send, counted together with those for a dossier.
UPLOADS = "60/h"


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new_listing(request: HttpRequest, *, kind: ListingKind) -> HttpResponse:
    """The first step of a new listing; sending it creates the draft."""
    owners = list(publishing_organizations(request.user))
    if not owners:
        status = 403 if request.method == "POST" else 200
        return render_page(request, "listings/listing_no_owner.html", {"kind": kind}, status=status)
    step = kind.steps[0]
    form = step.form(request.POST or None)
    owner, problem = chosen_owner(request, owners)
    form_key, reused = FormKey(request), None
    status = 400 if request.method == "POST" or problem else 200
    if request.method == "POST" and form.is_valid() and owner is not None:
        values = _values(form)
        try:
            made = once(
                form_key.ticket(),
                lambda: services.create_draft(
                    kind.model, owner=owner, actor=request.user, values=values
                ),
                actor=request.user,
            )
            return redirect(kind.url("edit", made.code, _next(request, kind, step)))
        except KeyReused as error:
            status, reused = error.status, {"url": kind.url("manage", error.made)}
    context = _context(kind, step, form, {})
    context |= {"owners": owners, "owner": owner, "owner_problem": problem}
    context["problems"] = [("owner", _("代表单位"), problem)] if problem else []
    context |= {"form_key": form_key, "key_reused": reused}
    return render_page(request, "listings/listing_step.html", context, status=status)


def chosen_owner(request: HttpRequest, owners: list[Any]) -> tuple[Any, Any]:
    """The organisation of a new listing, and why the requested one was refused.

    Without a choice the first organisation is offered. A named one is accepted or refused and never
    replaced: a draft must not belong to another organisation than was meant.
    """
    chosen = request.POST.get("owner", request.GET.get("owner"))
    if chosen is None and (request.method != "POST" or len(owners) == 1):
        return owners[0], ""
    named = next((row for row in owners if row.code == chosen), None)
    return named, "" if named else _("请从列表中选择您所在的单位")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit_listing(request: HttpRequest, code: str, step: str, *, kind: ListingKind) -> HttpResponse:
    """One step of an existing draft."""
    current = kind.step(step)
    if current is None:
        raise Http404
    listing = _editable(request, code, kind)
    seen = Seen(request, listing.rev)
    data = request.POST if request.method == "POST" else None
    form = current.form(data, initial=_initial(listing, current.form))
    rows = {
        related: formset(data, prefix=related, initial=_rows(listing, related))
        for related, (formset, _heading) in current.rows.items()
    }
    status, conflict = 200, None
    if data is not None:
        if any(formset.edited for formset in rows.values()):
            form.hush()
        elif all([form.is_valid(), *(formset.is_valid() for formset in rows.values())]):
            try:
                return _save(request, kind, listing, current, form, rows, seen)
            except Stale as error:
                status, listing = error.status, error.row
                saved = _initial(listing, current.form)
                conflict = changes.against_saved(current, form, rows, listing, saved)
                seen.renew(listing.rev)
                if not conflict and not request.FILES and "remove_file" not in data:
                    # The same values are saved already: by a second click, or by a colleague.
                    return redirect(kind.url("edit", code, _next(request, kind, current)))
        else:
            status = 400
    context = _context(kind, current, form, rows, listing) | _about(kind, listing, current)
    context |= {"seen": seen, "conflict": conflict}
    # A browser does not keep chosen files: name those that were not stored.
    context["files_lost"] = [upload.name for upload in request.FILES.getlist("file")]
    return render_page(request, "listings/listing_step.html", context, status=status)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def check_listing(request: HttpRequest, code: str, *, kind: ListingKind) -> HttpResponse:
    """The last step: all fields, what is missing, live matches, submit."""
    listing = _editable(request, code, kind)
    seen = Seen(request, listing.rev)
    status, refusal, is_stale = 200, "", False
    if request.method == "POST":
        try:
            services.move(listing, "submit", actor=request.user, rev=seen.rev)
        except InvalidInput as error:
            status, refusal = error.status, str(error)
        except Stale as error:
            status, listing, is_stale = error.status, error.row, True
            seen.renew(listing.rev)
        except Refused as error:
            status, refusal = error.status, str(error)
        else:
            messages.success(request, _("已提交审核，一般 3 个工作日内有结果，会发消息通知你"))
            return redirect(kind.url("manage", listing.code))
    context = _about(kind, listing, None) | {
        "kind": kind,
        "listing": listing,
        "seen": seen,
        "is_stale": is_stale,
        "quality": kind.quality(listing),
        "refusal": refusal or kind.flow.refusal("submit", listing, request.user),
        "files": attachments_of(kind.subject, listing.pk),
        "wizard": _progress(kind, "check", listing),
    }
    return render_page(request, kind.template("check"), context, status=status)


def _editable(request: HttpRequest, code: str, kind: ListingKind) -> Any:
    listing = fetch(
        kind.visible_to(request.user),
        code,
        actor=request.user,
        view=kind.perm("view"),
        action=kind.perm("edit"),
    )
    if listing.status not in EDITABLE:
        raise Refused(_("当前状态不能修改，请先在管理页选择“撤回修改”或“修改后重新提交”"))
    return listing


def _save(
    request: HttpRequest,
    kind: ListingKind,
    listing: Any,
    step: Step,
    form: Any,
    rows: dict[str, Any],
    seen: Seen,
) -> HttpResponse:
    values = _values(form)
    children = {related: formset.values for related, formset in rows.items()}
    listing = services.save_step(
        listing, actor=request.user, values=values, rows=children, rev=seen.rev
    )
    seen.renew(listing.rev)
    if step.files:
        done, wait = _files(request, kind, listing)
        if done.reasons:
            context = _context(kind, step, form, rows, listing) | _about(kind, listing, step)
            context |= {"file_errors": done.reasons, "files_taken": done.taken, "seen": seen}
            context["problems"] = [("file", _("附件"), text) for text in done.reasons]
            page = "listings/listing_step.html"
            response = render_page(request, page, context, status=done.status)
            if wait:
                response["Retry-After"] = str(wait)
            return response
        if done.taken:
            names = "、".join(row.name for row in done.taken)
            messages.success(request, _("已上传：%(names)s") % {"names": names})
    messages.success(request, _("已保存"))
    return redirect(kind.url("edit", listing.code, _next(request, kind, step)))


def _files(request: HttpRequest, kind: ListingKind, listing: Any) -> tuple[files.Uploaded, int]:
    """Store or remove the attachments that were sent with a step. The step itself is saved already.

    Also returns after how many seconds to try again, when there were too many.
    """
    if code := request.POST.get("remove_file"):
        files.remove_by_code(
            [code], subject_kind=kind.subject, subject_id=listing.pk, actor=request.user
        )
    uploads = request.FILES.getlist("file")
    if not uploads:
        return files.Uploaded(), 0
    try:
        throttle.check(request, "uploads", per_user=UPLOADS)
    except TooMany as error:
        return files.Uploaded(reasons=[error.reason], status=error.status), error.retry_after
    audience = "public" if request.POST.get("file_audience") == "public" else "restricted"
    done = files.store_uploads(
        uploads,
        subject_kind=kind.subject,
        subject_id=listing.pk,
        audience=audience,
        actor=request.user,
    )
    return done, 0


def _next(request: HttpRequest, kind: ListingKind, step: Step) -> str:
    stays = {"save", "upload", "remove_file"} & set(request.POST)
    return step.key if stays else kind.after(step.key)


def _values(form: Any) -> dict[str, Any]:
    return dict(form.cleaned_data)


def _initial(listing: Any, form: Any) -> dict[str, Any]:
    return {name: getattr(listing, name) for name in form.base_fields}


def _rows(listing: Any, related: str) -> list[dict[str, Any]]:
    manager = getattr(listing, related)
    names = [f.name for f in manager.model._meta.fields]  # noqa: SLF001 -- public API of Django
    return [{name: getattr(row, name) for name in names} for row in manager.all()]


def _context(
    kind: ListingKind, step: Step, form: Any, rows: dict[str, Any], listing: Any = None
) -> dict[str, Any]:
    return {
        "kind": kind,
        "step": step,
        "form": form,
        "forms": [form, *rows.values()],
        "problems": [],
        "rowsets": [(step.rows[related][1], formset) for related, formset in rows.items()],
        "wizard": _progress(kind, step.key, listing),
    }


def _about(kind: ListingKind, listing: Any, step: Step | None) -> dict[str, Any]:
    shown = attachments_of(kind.subject, listing.pk) if step is not None and step.files else []
    return {"listing": listing, "attachments": shown, "returned": listing.return_reasons}


def _progress(kind: ListingKind, current: str, listing: Any = None) -> list[dict[str, Any]]:
    """The steps of the progress bar with their state, and links once there is a draft."""
    steps = [(step.key, step.label) for step in kind.steps] + [("check", _("核对提交"))]
    place = [key for key, _label in steps].index(current)
    states = [
        "done" if at < place else "now" if at == place else "todo" for at in range(len(steps))
    ]
    return [
        {
            "key": key,
            "label": label,
            "state": state,
            "url": kind.url("edit", listing.code, key) if listing is not None else "",
        }
        for (key, label), state in zip(steps, states, strict=True)
    ]
