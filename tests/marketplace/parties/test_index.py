"""Organisations in the search: verified ones, their public texts, and only as long as they are shown."""

import json
from collections.abc import Callable
from pathlib import Path

from django.test import Client
from django.urls import reverse

import pytest

from marketplace.achievements.models import Achievement
from marketplace.kernel.codes import new_code
from marketplace.parties import browsing, queries, rulebook, services
from marketplace.parties.index import ORGANIZATIONS
from marketplace.parties.models import Organization, Verification
from marketplace.parties.workflow import DossierStatus
from search import engine
from search.query import Query
from tests.cast import Cast
from tests.factories.achievements import make_achievement
from tests.factories.needs import make_need
from tests.factories.parties import DossierFactory, OrganizationFactory, make_member, make_uscc

pytestmark = pytest.mark.django_db
Drain = Callable[[], int]

CANARY = "CANARY-7f3e"


def found(text: str) -> list[str]:
    return [hit.id for hit in engine.find("organizations", Query(text, loosens=False)).hits]


@pytest.fixture
def indexed(cast: Cast, own_index: Path) -> Cast:
    engine.rebuild("organizations")
    return cast


def test_a_document_has_what_anybody_reads_on_the_page(cast: Cast) -> None:
    org = OrganizationFactory(
        name="沂州农业大学",
        kind="university",
        name_en="Yizhou Agricultural University",
        summary="育种",
        honors=["省级重点实验室"],
        address=CANARY,
        contact_name=CANARY,
        contact_phone="0539-7777777",
        contact_email="canary-7f3e@example.com",
    )
    ((code, rev, document),) = ORGANIZATIONS.source([org.code])
    assert (code, rev) == (org.code, org.rev)
    assert document is not None
    assert set(document) == set(ORGANIZATIONS.fields)
    text = json.dumps(document, default=str, ensure_ascii=False)
    for secret in (CANARY, "canary-7f3e", "7777777"):
        assert secret not in text
    for public in ("沂州农大", org.uscc, org.code, org.code.replace("-", ""), "省级重点实验室"):
        assert public in text


@pytest.mark.parametrize("status", ["draft", "pending", "returned", "suspended"])
def test_who_is_not_verified_is_a_tombstone_and_nowhere_found(
    indexed: Cast, status: str, client: Client
) -> None:
    org = OrganizationFactory(name="沂州秘密研究院", status=status, summary=CANARY)
    assert list(ORGANIZATIONS.source([org.code])) == [(org.code, org.rev, None)]
    assert list(ORGANIZATIONS.shown([org.code])) == []
    assert list(ORGANIZATIONS.newest(["秘密"])) == []
    engine.refresh("organizations", [org.code])
    assert found("沂州秘密研究院") == found(org.code) == []
    for address in ("/search/", "/search/suggest/", "/orgs/", "/api/v1/organizations/"):
        assert org.code not in client.get(address, {"q": "沂州秘密研究院"}).content.decode()
    assert client.get("/search/", {"q": org.code}).status_code == 200


def test_it_comes_with_verification_and_goes_with_suspension(indexed: Cast, drain: Drain) -> None:
    org = OrganizationFactory(name="沂蒙轴承研究所", status="pending", verified_at=None)
    dossier = DossierFactory(organization=org, applicant=make_member(org, "org_admin"))
    Verification.objects.filter(pk=dossier.pk).update(status=DossierStatus.PENDING)
    dossier.refresh_from_db()
    assert found("沂蒙轴承") == []
    revs = [org.rev]
    services.verify_dossier(dossier, actor=indexed.registrar_city)
    drain()
    assert found("沂蒙軸承") == found("轴承研究所") == [org.code]
    for act, after in (("suspend", []), ("restore", [org.code])):
        org.refresh_from_db()
        revs.append(org.rev)
        if act == "suspend":
            services.suspend_organization(org, remark="x", actor=indexed.registrar_city)
        else:
            services.restore_organization(org, actor=indexed.registrar_city)
        drain()
        assert found("沂蒙轴承") == after
    org.refresh_from_db()
    assert [*revs, org.rev] == [1, 2, 3, 4], "no late write brings a suspended one back"


def test_a_stale_hit_shows_nothing(indexed: Cast, client: Client) -> None:
    org = OrganizationFactory(name="沂蒙光电研究所")
    engine.refresh("organizations", [org.code])
    assert org.code in client.get("/search/", {"q": "沂蒙光电"}).content.decode()
    Organization.objects.filter(pk=org.pk).update(status="suspended")
    assert found("沂蒙光电") == [org.code]
    for address in ("/search/", "/orgs/", "/api/v1/organizations/"):
        assert org.code not in client.get(address, {"q": "沂蒙光电"}).content.decode()
    assert "沂蒙光电研究所" not in client.get("/search/suggest/", {"q": "沂蒙光"}).content.decode()
    assert engine.reconcile("organizations", fix=True).extra == [org.code]
    assert found("沂蒙光电") == []


def test_a_new_name_is_found_and_so_are_the_listings_under_it(indexed: Cast, drain: Drain) -> None:
    for name in ("achievements", "needs"):
        engine.rebuild(name)
    org = OrganizationFactory(name="沂州材料研究院", name_en="Yizhou Academy")
    admin = make_member(org, "org_admin")
    offer = make_achievement(org, admin, state="published")
    need = make_need(org, admin, state="published")
    hidden = make_need(org, admin, state="published", title="低温阀门国产化", hide_owner=True)
    engine.refresh("organizations", [org.code])
    drain()
    services.edit_organization(org, {"name_en": "Yimeng Materials"}, rev=org.rev, actor=admin)
    drain()
    for text in ("材料研究院", "yimeng materials"):
        assert [hit.id for hit in engine.find("achievements", Query(text)).hits] == [offer.code]
        assert [hit.id for hit in engine.find("needs", Query(text)).hits] == [need.code]
        assert found(text) == [org.code]
    assert engine.find("achievements", Query("academy")).total == 0
    assert found("academy") == []
    assert engine.find("needs", Query(hidden.code)).hits[0].id == hidden.code


def test_samples_come_and_go(indexed: Cast, drain: Drain) -> None:
    org = services.load_sample_organization(
        {"name": "沂州示例研究所", "kind": "institute", "uscc": make_uscc()}
    )
    drain()
    assert found("示例研究所") == [org.code]
    services.remove_samples()
    drain()
    assert found("示例研究所") == []
    assert not engine.reconcile("organizations")


def test_the_directory_finds_by_words_numbers_and_short_names(cast: Cast, own_index: Path) -> None:
    school = OrganizationFactory(
        name="沂州师范大学", kind="university", name_en="Yizhou Normal University"
    )
    firm = OrganizationFactory(name="沂州師範機械有限公司", district="371311")
    for typed in (
        "沂州師大", "normal university", school.code, school.code.replace("-", "").lower(), school.uscc
    ):  # fmt: skip
        assert list(browsing.directory(typed).rows) == [school], typed
    assert set(browsing.directory("沂州 师范").rows) == {school, firm}
    assert list(browsing.directory("沂州师范", kinds=["enterprise"]).rows) == [firm]
    assert list(browsing.directory("沂州师范", districts=["371311"]).rows) == [firm]
    found = browsing.directory("沂州师范", kinds=["enterprise"])
    assert (found.kinds, found.districts) == ({"university": 1, "enterprise": 1}, {"371311": 1})
    assert list(browsing.directory("沂州 量子纠缠").rows) == [], "nothing is loosened here"
    assert list(browsing.directory().rows) == list(queries.directory())


def test_sections_show_them_beside_listings(indexed: Cast, client: Client) -> None:
    html = client.get("/search/", {"q": "沂州理工大学"}).content.decode()
    assert "found-organizations" in html
    assert f"/orgs/{indexed.university.code}/" in html
    page = client.get("/en/search/", {"q": "沂州理工大学"}).content.decode()
    assert "Organisations" in page
    # What is typed may be initials: 沂州理工 is yzlg.
    assert "沂州理工大学" in client.get("/search/suggest/", {"q": "yzlg"}).content.decode()
    assert client.get("/search/", {"q": "沂州", "in": "organizations"})["Location"].startswith(
        "/orgs/?q="
    )


def test_a_code_opens_its_page(indexed: Cast, client: Client) -> None:
    made = make_achievement(indexed.university, indexed.university_member, state="published")
    draft = make_achievement(indexed.university, indexed.university_member, title="草稿一件")
    for typed in (
        made.code,
        f" {made.code.lower()} ",
        made.code.replace("-", ""),
        "－".join(made.code.split("-")),
    ):
        for scope in ("all", "achievements", "needs", "organizations"):
            response = client.get("/search/", {"q": typed, "in": scope})
            assert response["Location"] == f"/achievements/{made.code}/", (typed, scope)
    assert client.get("/search/", {"q": indexed.university.code})["Location"] == (
        f"/orgs/{indexed.university.code}/"
    )
    assert client.get("/search/", {"q": draft.code}).status_code == 200
    client.force_login(indexed.university_member)
    assert client.get("/search/", {"q": draft.code})["Location"] == f"/achievements/{draft.code}/"
    Achievement.objects.filter(pk=made.pk).update(status="withdrawn")
    client.logout()
    assert client.get("/search/", {"q": made.code}).status_code == 200


@pytest.mark.parametrize("box", ["needs:list", "achievements:list", "parties:organizations"])
def test_a_code_in_the_box_of_another_list_leads_on(
    indexed: Cast, client: Client, box: str
) -> None:
    typed = indexed.enterprise.code.lower().replace("-", "")
    answer = client.get(reverse(box), {"q": typed}, follow=True)
    here = reverse("parties:organization", args=[indexed.enterprise.code])
    if box == "parties:organizations":
        assert here in answer.text
    else:
        assert answer.redirect_chain[-1][0] == here
    # One that is nobody's ends at the search, which says so.
    nobody = client.get(reverse(box), {"q": new_code("XQ")}, follow=True)
    assert [address.partition("?")[0] for address, _ in nobody.redirect_chain] == ["/search/"]


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("沂州师范大学", "沂州师大"),
        ("沂州理工大学", "沂州理大"),
        ("沂州大学", ""),
        ("沂州机械有限公司", ""),
        ("沂州农业大学附属医院", ""),
        ("", ""),
    ],
)
def test_short_names(name: str, short: str) -> None:
    assert rulebook.short_name(name) == short


def test_a_listing_found_by_its_owner_says_so(indexed: Cast, client: Client) -> None:
    for name in ("achievements", "needs"):
        engine.rebuild(name)
    make_achievement(indexed.university, indexed.university_member, state="published")
    make_need(indexed.enterprise, indexed.member, state="published")
    for name in ("achievements", "needs"):
        engine.rebuild(name)
    for address, typed, marked in (
        ("/achievements/", "理工大學", "沂州<mark>理工大学</mark>"),
        ("/needs/", "沂蒙磁材", "<mark>沂蒙磁材</mark>有限公司"),
    ):
        assert marked in client.get(address, {"q": typed}).content.decode()
