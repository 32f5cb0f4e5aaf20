"""Questions about visits."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Count, Q, QuerySet

from marketplace.parties.policies import access_of
from tests.worked_slice.models import Visit
from tests.worked_slice.workflow import Status


def visible_to(actor: Any) -> QuerySet[Visit]:
    """The visits that `actor` may see: the twin of `visits.view_visit`; newest first."""
    orgs = list(access_of(actor).orgs)
    rows = Visit.objects.filter(Q(guest_id__in=orgs) | Q(host_id__in=orgs))
    return rows.select_related("guest", "host").order_by("-id")


def to_answer(actor: Any) -> QuerySet[Visit]:
    """The requests that wait for `actor`, the one that ends first before the others."""
    access = access_of(actor)
    orgs = [pk for pk in access.orgs if access.is_admin_of(pk)]
    return visible_to(actor).filter(host_id__in=orgs, status=Status.ASKED).order_by("answer_by")


def agreed_by_host(hosts: Sequence[int]) -> dict[int, int]:
    """How many visits each of these organisations has agreed to; one query."""
    rows = Visit.objects.filter(host_id__in=hosts, status=Status.AGREED)
    return dict(rows.values_list("host").annotate(n=Count("pk")).order_by())
