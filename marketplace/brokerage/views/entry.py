"""The entry from the broker's side: apply, fill in, certificates, submit, leave; the unit's consent."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from marketplace.brokerage import events, queries, rulebook, services
from marketplace.brokerage.forms import (
    FORM_NAMES,
    EntryForm,
    StartForm,
    TrainingRows,
    consents_in,
)
from marketplace.brokerage.models import Broker
from marketplace.brokerage.services.entry import LETTER, PORTRAIT, SCAN
from marketplace.brokerage.views.shared import (
    EDITED,
    add_files,
    own_entry,
    refuse_closed,
)
from marketplace.brokerage.workflow import BROKER, BrokerStatus
from marketplace.files import queries as files
from marketplace.files.forms import wanted_removals
from marketplace.journal.once import once
from marketplace.journal.queries import history
from marketplace.kernel.errors import (
    Forbidden,
    InvalidInput,
    KeyReused,
    Refused,
    Stale,
)
from marketplace.parties import queries as parties
from marketplace.web.acts import at_fields
from marketplace.web.differences import Difference, compare, shown_rows
from marketplace.web.onetime import FormKey
from marketplace.web.seen import Seen
from marketplace.web.signed_out import login_required
from marketplace.web.views import render_page

_IN_REGISTER = frozenset({BrokerStatus.ENTERED, BrokerStatus.SUSPENDED})
_OWN_MOVES = ("submit", "recall", "leave", "renew")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def own(request: HttpRequest) -> HttpResponse:
    """What the register is, one's own entry, and the button that begins an application."""
    form_key, problem, status = FormKey(request), "", 200
    broker = queries.broker_of(request.user)
    form = StartForm(request.POST if request.method == "POST" else None)
    if form.is_bound:
        status = 400
    if form.is_bound and form.is_valid():
        try:
            made = once(
                form_key.ticket(),
                lambda: services.apply(actor=request.user),  # type: ignore[arg-type]
                actor=request.user,
            )
        except (Refused, Forbidden, KeyReused) as error:
            problem, status = str(error), error.status
        else:
            return redirect("brokerage:edit", made.code)
    context = {
        "broker": broker,
        "form": form,
        "form_key": form_key,
        "problem": problem,
        "to_consent": list(queries.to_consent(request.user)[:50]),
    }
    return render_page(request, "brokerage/own.html", context, status=status)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def entry(request: HttpRequest, code: str) -> HttpResponse:
    """The own entry: state, what is missing, certificates; a POST makes one of the owner's moves."""
    broker = own_entry(request, code)
    seen, problem, status = Seen(request, broker.rev), "", 200
    if request.method == "POST":
        status = 400
        try:
            if _moved(request, broker, seen):
                return redirect("brokerage:entry", code)
        except Stale as error:
            status, problem = error.status, str(error)
            broker = queries.brokers().get(pk=broker.pk)
            seen.renew(broker.rev)
        except Refused as error:
            status, problem = error.status, str(error)
        except InvalidInput as error:
            problem = "、".join(str(text) for texts in error.errors.values() for text in texts)
    context = {
        "broker": broker,
        "seen": seen,
        "problem": problem,
        "missing": _missing(broker),
        "certificates": _with_scans(broker),
        "trainings": list(broker.trainings.all()),
        "letters": files.file_rows(files.attachments_of(LETTER, broker.pk)),
        "moves": [
            move for move in BROKER.available(broker, request.user) if move.name in _OWN_MOVES
        ],
        "edits": broker.status in EDITED,
        "steps": _steps(broker),
        "reasons": rulebook.reason_labels(broker.reasons),
        "waits_for_consent": queries.waits_for_consent(broker),
        "consents": [(label, broker.shows(item)) for item, label in rulebook.CONSENTS.items()],
        "record": queries.record_of(broker),
        "history": history(events.BROKER, broker.pk, limit=20),
    }
    return render_page(request, "brokerage/entry.html", context, status=status)


def _missing(broker: Broker) -> list[Any]:
    if broker.status not in {BrokerStatus.DRAFT, BrokerStatus.RETURNED}:
        return []
    return [text for texts in queries.missing_of(broker).values() for text in texts]


def _moved(request: HttpRequest, broker: Broker, seen: Seen) -> bool:
    name = request.POST.get("move", "")
    if name not in _OWN_MOVES:
        return False
    actor: Any = request.user
    if name == "submit":
        services.submit(broker, actor=actor, rev=seen.rev)
        messages.success(request, _("已提交，登记员核对后结果会通知您"))
    else:
        services.decide(broker, name, actor=actor, rev=seen.rev)
        done = {"move": BROKER.transitions[name].label}
        messages.success(request, _("已办理：%(move)s") % done)
    return True


def _with_scans(broker: Broker) -> list[dict[str, Any]]:
    rows = queries.certificates_of(broker)
    scans = files.attachments_for(SCAN, [row.pk for row in rows])
    return [{"row": row, "scans": files.file_rows(scans[row.pk])} for row in rows]


def _steps(broker: Broker) -> list[dict[str, Any]]:
    """Where the application is: fill in, checked, in the register."""
    at = {str(BrokerStatus.SUBMITTED): 1, str(BrokerStatus.ENTERED): 3}.get(broker.status, 0)
    if broker.status == BrokerStatus.SUSPENDED:
        at = 2
    labels = [_("填写和上传"), _("登记员核对"), _("入库公开")]
    return [
        {"label": label, "state": "done" if place < at else "now" if place == at else "todo"}
        for place, label in enumerate(labels)
    ]


# --- the form of the entry --------------------------------------------------------------------
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, code: str) -> HttpResponse:
    """The whole entry in sections. What fits is kept when something else does not."""
    broker = own_entry(request, code)
    refuse_closed(broker)
    bound = request.method == "POST"
    form = EntryForm(
        request.POST if bound else None,
        request.FILES if bound else None,
        initial=_initial(broker),
        organizations=_organizations(request, broker),
        fixed=broker.status in _IN_REGISTER,
    )
    rows = TrainingRows(request.POST if bound else None, initial=_rows(broker), prefix="trainings")
    seen, conflict = Seen(request, broker.rev), None
    removing = wanted_removals(request.POST) if bound else []
    if bound and rows.edited:
        form.hush()
    elif bound and all([form.is_valid(), rows.is_valid()]):
        try:
            if _saved(request, broker, form, rows, removing, seen):
                return redirect("brokerage:edit" if removing else "brokerage:entry", code)
        except Stale as error:
            conflict = _conflict(form, rows, error.row)
            seen.renew(error.row.rev)
        except InvalidInput as error:
            at_fields(form, error, FORM_NAMES)
    context = {
        "broker": broker,
        "form": form,
        "rows": rows,
        "seen": seen,
        "conflict": conflict,
        "letters": _removable(LETTER, broker),
        "portraits": _removable(PORTRAIT, broker),
        "fixed": broker.status in _IN_REGISTER,
    }
    status = 200
    if conflict is not None:
        status = Stale.status
    elif bound and not rows.edited:
        status = form.status
    return render_page(request, "brokerage/entry_edit.html", context, status=status)


def _removable(kind: str, broker: Broker) -> list[Any]:
    return files.file_rows(files.attachments_of(kind, broker.pk), remove_name="remove_file")


def _initial(broker: Broker) -> dict[str, Any]:
    values = queries.content_of(broker)
    return {**values, "fields_": values["fields"], "declared": broker.declared_at is not None}


def _rows(broker: Broker) -> list[dict[str, Any]]:
    return [dict(row) for row in broker.trainings.values("year", "hours", "organizer", "topic")]


def _organizations(request: HttpRequest, broker: Broker) -> list[Any]:
    own_ones = [row.organization for row in parties.organizations_of(request.user)]
    if broker.organization is not None and broker.organization not in own_ones:
        own_ones.append(broker.organization)
    return own_ones


def _saved(
    request: HttpRequest,
    broker: Broker,
    form: EntryForm,
    rows: Any,
    removing: list[str],
    seen: Seen,
) -> bool:
    """Save and store the files; False when a file was refused, and what fits is kept."""
    actor: Any = request.user
    services.save_entry(
        broker, form.values, rows.values, remove=removing, actor=actor, rev=seen.rev
    )
    refused = add_files(request, form, {"letters": services.add_letters}, broker)
    refused |= add_files(request, form, {"portrait": _set_portrait}, broker)
    if refused:
        broker.refresh_from_db(fields=["rev"])
        seen.renew(broker.rev)
        return False
    messages.success(request, _("已保存"))
    return True


def _set_portrait(broker: Broker, uploads: Any, *, actor: Any) -> Any:
    return services.set_portrait(broker, uploads[0], actor=actor)


def _conflict(form: EntryForm, rows: Any, stored: Broker) -> list[Difference]:
    """What is stored now beside what was typed, the rows of training in one line each."""
    row_fields = TrainingRows.form().fields
    fields = {**form.fields, "trainings": forms.CharField(label=_("培训学时"))}
    before = {
        **_initial(stored),
        **consents_in(stored),
        "trainings": shown_rows(row_fields, _rows(stored)),
    }
    after = {**form.cleaned_data, "trainings": shown_rows(row_fields, rows.values)}
    return compare(fields, before, after)


@login_required
@require_safe
def preview(request: HttpRequest, code: str) -> HttpResponse:
    """The public page as it would be, before the entry is public."""
    broker = own_entry(request, code)
    context = {
        "broker": broker,
        "face": queries.face_of(broker),
        "record": queries.record_of(broker),
        "is_preview": True,
    }
    return render_page(request, "brokerage/broker_detail.html", context)
