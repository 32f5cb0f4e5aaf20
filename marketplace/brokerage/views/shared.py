"""What pages of the register, of mandates and of introductions share."""

from dataclasses import replace
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from marketplace.brokerage import queries
from marketplace.brokerage.forms import CertificateForm, EntryForm
from marketplace.brokerage.models import Broker, Certificate
from marketplace.brokerage.workflow import BrokerStatus
from marketplace.journal.queries import Line, history
from marketplace.kernel.errors import Refused, TooMany
from marketplace.web import throttle
from marketplace.web.views import fetch

#: How many requests with files one person may send, counted together with those of other pages.
UPLOADS = "60/h"
#: States in which the broker edits the entry.
EDITED = frozenset(
    {
        BrokerStatus.DRAFT,
        BrokerStatus.RETURNED,
        BrokerStatus.ENTERED,
        BrokerStatus.SUSPENDED,
    }
)


def history_without_names(kind: str, pk: int, *, named: bool) -> list[Line]:
    """The history of a mandate or claim; who acted is left out unless every party is `named` to the reader.

    A person's name leads to where the person works: it would tell who a hidden party is.
    """
    lines = history(kind, pk)
    return lines if named else [replace(line, actor=None) for line in lines]


def own_entry(request: HttpRequest, code: str, *, action: str | None = None) -> Broker:
    """The reader's own entry of this code. Raises 404 for every other."""
    broker = fetch(
        queries.brokers().filter(user=request.user.pk or 0),
        code,
        actor=request.user,
        view="brokerage.view_broker",
        action=action,
    )
    return broker


def refuse_closed(broker: Broker) -> None:
    """Raise Refused in a state in which nothing of the entry is edited."""
    if broker.status not in EDITED:
        raise Refused(_("当前状态不能修改登记信息"))


def add_files(
    request: HttpRequest,
    form: EntryForm | CertificateForm,
    stores: dict[str, Any],
    subject: Broker | Certificate,
) -> bool:
    """Store the uploads of these fields; True when one of them was refused, with the reason at it."""
    refused = False
    for name, store in stores.items():
        uploads = form.cleaned_data.get(name)
        if not uploads:
            continue
        try:
            throttle.check(request, "uploads", per_user=UPLOADS)
        except TooMany as error:
            form.add_error(name, str(error))
            form.status = error.status
            refused = True
            continue
        done = store(subject, uploads, actor=request.user)
        for reason in done.reasons:
            form.add_error(name, str(reason))
        if done.reasons:
            form.status = done.status
            refused = True
    return refused
