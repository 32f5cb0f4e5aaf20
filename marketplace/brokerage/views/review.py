"""The register from the registrar's side: the queue, an application, an entry."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from marketplace.brokerage import events, queries, rulebook, services
from marketplace.brokerage.forms import DecideForm, EntryForm
from marketplace.brokerage.models import Broker
from marketplace.brokerage.services.entry import LETTER, PORTRAIT, SCAN
from marketplace.brokerage.workflow import BROKER, BrokerStatus
from marketplace.files import queries as files
from marketplace.journal.queries import history
from marketplace.journal.versions import version_before, version_of
from marketplace.kernel.errors import Forbidden, InvalidInput, NotVisible, Refused, Stale
from marketplace.web.differences import Difference, compare
from marketplace.web.seen import Seen
from marketplace.web.signed_out import login_required
from marketplace.web.views import fetch, paginate, render_page

_TABS = (
    BrokerStatus.SUBMITTED,
    BrokerStatus.ENTERED,
    BrokerStatus.RETURNED,
    BrokerStatus.SUSPENDED,
    BrokerStatus.REMOVED,
    BrokerStatus.DECLINED,
)
#: Moves of a registrar with the reasons that each asks for.
_MOVES: dict[str, Any] = {
    "enter": (),
    "return": rulebook.RETURN_REASONS,
    "decline": rulebook.REMOVE_REASONS,
    "suspend": (),
    "restore": (),
    "remove": rulebook.REMOVE_REASONS,
}
#: Of these the page shows a plain button.
_PLAIN = ("enter", "restore")


@login_required
@require_safe
def register(request: HttpRequest) -> HttpResponse:
    """Applications that wait, the longest waiting first, and everybody in the register."""
    if not request.user.has_perm("brokerage.review_brokers"):
        raise Forbidden
    status = request.GET.get("status", "")
    if status not in [str(one) for one in _TABS]:
        status = BrokerStatus.SUBMITTED
    name = request.GET.get("q", "").replace("\0", "").strip()[:60]
    context = {
        "page": paginate(request, queries.register(status, name), size=30),
        "status": status,
        "q": name,
        "tabs": [(one.value, one.label) for one in _TABS],
        "to_check": list(queries.to_check(request.user)[:20]),
    }
    return render_page(request, "brokerage/register.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def review(request: HttpRequest, code: str) -> HttpResponse:
    """One entry before the registrar; a POST decides, or checks a certificate that came later."""
    if not request.user.has_perm("brokerage.review_brokers"):
        raise NotVisible
    posted = request.method == "POST"
    broker = fetch(
        queries.brokers(),
        code,
        actor=request.user,
        view="brokerage.view_broker",
        action="brokerage.decide_broker" if posted else None,
    )
    move = request.POST.get("move", "") if posted else ""
    form = DecideForm(request.POST, reasons=_MOVES[move]) if move in _MOVES else None
    seen, changed, problem, status = Seen(request, broker.rev), None, "", 400 if posted else 200
    try:
        if posted and _decided(request, broker, move, form, seen):
            return _next(request, broker, move)
    except Stale as error:
        status, before = error.status, version_of(events.BROKER, broker.pk, seen.rev)
        broker = queries.brokers().get(pk=broker.pk)
        changed = _changes(broker, before)
        seen.renew(broker.rev)
    except Refused as error:
        status, problem = error.status, str(error)
    context = {
        "broker": broker,
        "seen": seen,
        "is_stale": changed is not None,
        "changed": changed,
        "problem": problem,
        "choices": _choices(request, broker, move, form),
        "decides": request.user.has_perm("brokerage.decide_broker", broker),
        "face": queries.face_of(broker),
        "certificates": _certificates(broker),
        "trainings": list(broker.trainings.all()),
        "letters": files.file_rows(files.attachments_of(LETTER, broker.pk)),
        "portraits": files.file_rows(files.attachments_of(PORTRAIT, broker.pk)),
        "consents": [(label, broker.shows(item)) for item, label in rulebook.CONSENTS.items()],
        "languages": [label for key, label in rulebook.LANGUAGES if key in broker.languages],
        "doublets": list(queries.holders_of_number(broker)[:10]),
        "reasons": rulebook.reason_labels(broker.reasons),
        "resubmitted": _changes(broker, version_before(events.BROKER, broker.pk, broker.rev))
        if broker.status == BrokerStatus.SUBMITTED
        else [],
        "history": history(events.BROKER, broker.pk, limit=30),
    }
    return render_page(request, "brokerage/review.html", context, status=status)


def _decided(
    request: HttpRequest, broker: Broker, move: str, form: DecideForm | None, seen: Seen
) -> bool:
    """Whether the decision was made; if not, the form shows what is missing."""
    actor: Any = request.user
    if "check" in request.POST:
        found = broker.certificates.filter(code=request.POST["check"]).first()
        if found is None:
            raise NotVisible
        services.check_certificate(broker, found, actor=actor, rev=seen.rev)
        messages.success(request, _("证书已核对"))
        return True
    if form is None or not form.is_valid():
        return False
    try:
        services.decide(broker, move, actor=actor, rev=seen.rev, **form.cleaned_data)
    except InvalidInput as error:
        for name, reasons in error.errors.items():
            for reason in reasons:
                form.add_error(name if name in form.fields else None, str(reason))
        return False
    messages.success(request, _("已办理，本人会收到通知"))
    return True


def _choices(
    request: HttpRequest, broker: Broker, move: str, form: DecideForm | None
) -> list[dict[str, Any]]:
    """The moves that this registrar can make, each with its form; the one that was sent as sent."""
    found = []
    for one in BROKER.available(broker, request.user):
        if one.name in _MOVES:
            sent = form is not None and one.name == move
            shown: Any = form if sent else DecideForm(reasons=_MOVES[one.name], prefix=None)
            if not sent:
                shown.auto_id = f"id_{one.name}_%s"
            plain = one.name in _PLAIN
            found.append({"move": one, "form": None if plain else shown, "open": sent})
    return found


def _certificates(broker: Broker) -> list[dict[str, Any]]:
    rows = queries.certificates_of(broker)
    scans = files.attachments_for(SCAN, [row.pk for row in rows])
    return [{"row": row, "scans": files.file_rows(scans[row.pk])} for row in rows]


def _changes(broker: Broker, before: dict[str, Any] | None) -> list[Difference]:
    """What differs from an earlier version of the entry, in the words of the form."""
    if before is None:
        return []
    fields = {**EntryForm().fields}
    fields["fields"] = fields.pop("fields_")
    return compare(fields, before, queries.content_of(broker))


def _next(request: HttpRequest, broker: Broker, move: str) -> HttpResponse:
    """The next application that waits; after any other decision the same entry."""
    if move not in {"enter", "return", "decline"}:
        return redirect("brokerage:review", broker.code)
    waiting = queries.brokers_to_decide(request.user).first()
    if waiting is not None:
        return redirect("brokerage:review", waiting.code)
    return redirect("brokerage:register")
