import pytest
from tests.factories.tenders import make_tender
pytestmark = pytest.mark.django_db

@pytest.mark.parametrize("state", ["draft","in_review","returned","tendering","closed","cancelled"])
def test_states(cast, state, client):
    row = make_tender(cast.enterprise, cast.approver, state=state)
    assert row.status == state
    client.force_login(cast.approver)
    for url in (f"/workbench/tenders/{row.code}/", f"/tenders/{row.code}/", "/tenders/", "/tenders/feed/", "/workbench/tenders/", f"/api/v1/tenders/{row.code}/", "/"):
        got = client.get(url)
        print(state, url, got.status_code)
    for step in ("content","lots","criteria","schedule","keys"):
        print(step, client.get(f"/workbench/tenders/{row.code}/edit/{step}/").status_code)
    print(client.get(f"/workbench/tenders/{row.code}/amend/").status_code, client.get(f"/workbench/tenders/new/{row.need.code}/").status_code)
