"""What people are told of."""

from django.db import transaction

import pytest

from marketplace.journal.events import AuditBroken
from marketplace.journal.services import drain, publish
from marketplace.notices.models import Notice
from tests.cast import Cast

pytestmark = pytest.mark.django_db


def test_auditors_and_operators_learn_of_a_broken_audit(cast: Cast) -> None:
    with transaction.atomic():
        publish(AuditBroken(subject_id=4, kind="changed", seq=4, findings=2), actor=None)
    drain()
    notices = Notice.objects.filter(kind="parties.audit_broken").select_related("recipient")
    assert {row.recipient for row in notices} == {cast.auditor, cast.operator}
    assert {row.params["n"] for row in notices} == {2}
