"""Requests can be traced, and a refusal leaves a row although its view rolled back."""

from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.http import HttpResponse

import pytest

from marketplace.journal import context
from marketplace.journal.events import AccessRefused
from marketplace.journal.middleware import RefusalJournalMiddleware, RequestIdMiddleware
from marketplace.journal.models import Entry
from marketplace.kernel import events
from marketplace.kernel.errors import Forbidden
from tests.factories.notices import make_reader

pytestmark = pytest.mark.django_db(transaction=True)


def refuse(_request):
    """A view that wrote something, was refused and rolled back; then the refusal's page."""
    try:
        write_and_be_refused()
    except Forbidden as error:
        return HttpResponse(str(error), status=403)


@transaction.atomic
def write_and_be_refused():
    make_reader("written@example.com")
    raise Forbidden


def answer(rf, user, view):
    request = rf.get("/workbench/needs/")
    request.user = user
    request.resolver_match = None
    return RefusalJournalMiddleware(view)(request)


def test_refusal_leaves_a_row_after_the_rollback(rf, monkeypatch):
    monkeypatch.setitem(events._events, "AccessRefused", AccessRefused)
    user = make_reader()
    assert answer(rf, user, refuse).status_code == 403
    assert type(user).objects.count() == 1
    entry = Entry.objects.get()
    assert (entry.event, entry.actor_id, entry.subject_kind, entry.subject_id) == (
        *("AccessRefused", user.pk, "journal.access", user.pk),
    )
    assert entry.payload == {"view": "", "status": 403}


@pytest.mark.parametrize("status", [200, 302, 400, 404, 409])
def test_other_answers_leave_none(rf, status):
    answer(rf, make_reader(), lambda _request: HttpResponse(status=status))
    assert not Entry.objects.exists()


def test_nobody_is_not_written_down(rf):
    answer(rf, AnonymousUser(), lambda _request: HttpResponse(status=403))
    assert not Entry.objects.exists()


def test_each_answer_carries_the_id_of_its_entries(rf, thing_done, tell):
    entries = []

    def view(_request):
        entries.append(tell())
        return HttpResponse()

    response = RequestIdMiddleware(view)(rf.get("/"))
    assert len(response["X-Request-Id"]) == 36
    assert entries[0].request_id == response["X-Request-Id"]
    assert context.request_id.get() == ""
    other = RequestIdMiddleware(view)(rf.get("/", headers={"X-Request-Id": "forged"}))
    assert other["X-Request-Id"] not in {"forged", response["X-Request-Id"]}
