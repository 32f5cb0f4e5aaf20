"""The worked slice really runs: its pages, its moves, its slots."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.test import Client
from django.urls import reverse

import pytest

from deploy.beat import schedule
from deploy.celery import app
from marketplace.kernel import clock
from marketplace.kernel.errors import Forbidden, Refused, Stale
from marketplace.parties import services as parties
from marketplace.workbench import queries as workbench
from tests.cast import Cast
from tests.worked_slice import queries, services
from tests.worked_slice.models import Visit

pytestmark = pytest.mark.django_db


@pytest.fixture
def visit(cast: Cast) -> Visit:
    """The enterprise has asked the university."""
    return services.ask_visit(
        guest=cast.enterprise, host=cast.university, purpose="看中试线", actor=cast.member
    )


def signed_in(user: Any) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


# --- moves ------------------------------------------------------------------------------------
def test_the_host_agrees_and_nobody_else(cast: Cast, visit: Visit) -> None:
    for person in (cast.org_admin, cast.university_member, cast.outsider):
        with pytest.raises(Forbidden):
            services.agree_visit(visit, actor=person)
    agreed = services.agree_visit(visit, actor=cast.university_admin, rev=visit.rev)
    assert (agreed.status, agreed.rev) == ("agreed", 2)
    with pytest.raises(Refused):
        services.agree_visit(visit, actor=cast.university_admin)


def test_what_changed_meanwhile_is_not_agreed_to(cast: Cast, visit: Visit) -> None:
    with pytest.raises(Stale):
        services.agree_visit(visit, actor=cast.university_admin, rev=visit.rev + 1)
    visit.refresh_from_db()
    assert visit.status == "asked"


def test_silence_ends_a_request_by_the_scheduled_task(visit: Visit) -> None:
    app.loader.import_default_modules()
    task = app.tasks[schedule()["visits.lapse"]["task"]]
    with clock.shift(services.TIME_TO_ANSWER - timedelta(minutes=1)):
        task()
        visit.refresh_from_db()
        assert visit.status == "asked"
    with clock.shift(services.TIME_TO_ANSWER + timedelta(minutes=1)):
        task()
        visit.refresh_from_db()
        assert visit.status == "ended"


@pytest.mark.parametrize("state", ["asked", "agreed"])
def test_the_suspension_of_a_party_ends_it(
    cast: Cast, visit: Visit, state: str, drain: Callable[[], int], own_index: object
) -> None:
    if state == "agreed":
        services.agree_visit(visit, actor=cast.university_admin)
    parties.suspend_organization(cast.university, remark="核查", actor=cast.registrar_city)
    drain()
    visit.refresh_from_db()
    assert visit.status == "ended"
    drain()
    assert Visit.objects.get().rev == visit.rev


# --- pages ------------------------------------------------------------------------------------
def test_asking_twice_asks_once(cast: Cast) -> None:
    client = signed_in(cast.member)
    address = reverse("visits:ask", args=[cast.university.code])
    page = client.get(address).content.decode()
    key = page.split('name="form_key" value="')[1].split('"')[0]
    typed = {"guest": cast.enterprise.code, "purpose": "看<b>中试</b>线", "form_key": key}
    first, second = (client.post(address, typed) for _time in range(2))
    assert first.status_code == second.status_code == 302
    assert first["Location"] == second["Location"]
    assert Visit.objects.count() == 1
    assert "看&lt;b&gt;中试&lt;/b&gt;线" in client.get(first["Location"]).content.decode()


def test_the_host_finds_it_in_menu_and_to_dos_and_answers(cast: Cast, visit: Visit) -> None:
    [todo] = [row for row in workbench.todos(cast.university_admin) if row.text == "看中试线"]
    client = signed_in(cast.university_admin)
    assert reverse("visits:list") in client.get(reverse("workbench:home")).content.decode()
    page = client.get(todo.url)
    assert "同意参观" in page.content.decode()
    answer = client.post(todo.url, {"rev": str(visit.rev)})
    assert answer.status_code == 302
    assert queries.to_answer(cast.university_admin).count() == 0


def test_the_page_of_the_organisation_offers_it_and_counts(cast: Cast, visit: Visit) -> None:
    services.agree_visit(visit, actor=cast.university_admin)
    address = reverse("parties:organization", args=[cast.university.code])
    ask = reverse("visits:ask", args=[cast.university.code])
    shown = {
        name: ask in signed_in(cast[name]).get(address).content.decode()
        for name in ("member", "university_member", "editor")
    }
    assert shown == {"member": True, "university_member": False, "editor": False}
    page = Client().get(address).content.decode()
    assert "接待参观" in page
    assert ask not in page


def test_a_typed_code_leads_to_its_page_for_those_who_may_see_it(cast: Cast, visit: Visit) -> None:
    address = f"{reverse('portal:search')}?q={visit.code}"
    assert signed_in(cast.member).get(address)["Location"].endswith(f"/{visit.code}/")
    assert signed_in(cast.outsider).get(address).status_code == 200
