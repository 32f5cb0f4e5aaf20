"""Pages: who sees what, what is refused, what stays typed; equal cost for one and thirty rows."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

import pytest

from marketplace.kernel import clock
from marketplace.parties import services
from marketplace.parties.models import Invitation, Membership, Organization, Verification
from marketplace.taxonomy import services as taxonomy
from tests.cast import Cast
from tests.factories.files import pdf_bytes, upload
from tests.factories.parties import (
    PASSWORD,
    OrganizationFactory,
    UserFactory,
    make_member,
    make_uscc,
)

pytestmark = pytest.mark.django_db
As = Callable[[Any], Client]


@pytest.fixture(autouse=True)
def _folders(settings: Any, tmp_path: Any) -> None:
    settings.PRIVATE_FILES_DIR = tmp_path


def test_every_page_draws_for_its_reader(cast: Cast, as_: As) -> None:
    draft = OrganizationFactory(status="draft")
    person = make_member(draft, "org_admin")
    dossier = Verification.objects.create(organization=draft, applicant=person)
    member = Membership.objects.get(user=person)
    pages = {
        person: [
            ("parties:own_organizations",),
            ("parties:organization_new",),
            ("parties:manage", draft.code),
            ("parties:organization_edit", draft.code),
            ("parties:verification", draft.code),
            ("parties:members", draft.code),
            ("parties:member_role", draft.code, member.code),
            ("parties:member_remove", draft.code, member.code),
            ("parties:organization", draft.code),
            ("parties:profile",),
            ("parties:security",),
            ("parties:tokens",),
            ("account_email",),
            ("account_change_phone",),
            ("account_change_password",),
            ("account_reauthenticate",),
            ("account_logout",),
            ("mfa_index",),
            ("usersessions_list",),
        ],
        cast.registrar_city: [
            ("parties:verification_queue",),
            ("parties:verification_review", dossier.code),
            ("parties:suspend", cast.enterprise.code),
            ("parties:manage", draft.code),
        ],
    }
    for reader, names in pages.items():
        client = as_(reader)
        for name, *args in names:
            page = client.get(reverse(name, args=args))
            assert page.status_code == 200, name
            assert page.text.count("<h1") == 1, name
            assert not re.search(r'\sstyle="|<script>|onclick=', page.text), name
    anonymous = Client()
    for name in (
        "account_login",
        "account_signup",
        "account_request_login_code",
        "account_reset_password",
        "account_inactive",
        "account_terms",
        "account_privacy",
        "account_password_reset_completed",
        "parties:organizations",
    ):
        page = anonymous.get(reverse(name))
        assert page.status_code == 200, name
        assert page.text.count("<h1") == 1, name


WORKBENCH = [
    ("parties:own_organizations", 0),
    ("parties:organization_new", 0),
    ("parties:manage", 1),
    ("parties:organization_edit", 1),
    ("parties:verification", 1),
    ("parties:members", 1),
    ("parties:suspend", 1),
    ("parties:verification_queue", 0),
    ("parties:profile", 0),
    ("parties:security", 0),
    ("parties:tokens", 0),
]


@pytest.mark.parametrize(("name", "args"), WORKBENCH)
def test_visitors_are_asked_to_sign_in(cast: Cast, client: Client, name: str, args: int) -> None:
    response = client.get(reverse(name, args=[cast.enterprise.code][:args]))
    assert response.status_code == 302
    assert response["Location"].startswith("/accounts/login/?next=")


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("parties:manage", 404),
        ("parties:organization_edit", 404),
        ("parties:members", 404),
        ("parties:verification", 404),
        ("parties:suspend", 403),
        ("parties:organization", 200),
    ],
)
def test_outsiders_find_nothing_inside(cast: Cast, as_: As, name: str, status: int) -> None:
    client = as_(cast.outsider)
    assert client.get(reverse(name, args=[cast.enterprise.code])).status_code == status
    if status != 200:
        response = client.post(reverse(name, args=[cast.enterprise.code]), {"suspend": "1"})
        assert response.status_code in {status, 404, 405}


def test_members_read_and_do_not_manage(cast: Cast, as_: As) -> None:
    client = as_(cast.member)
    code = cast.enterprise.code
    page = client.get(reverse("parties:members", args=[code]))
    assert page.status_code == 200
    assert "邀请成员" not in page.text
    assert "org_admin@example.com" not in page.text
    assert client.get(reverse("parties:organization_edit", args=[code])).status_code == 403
    data = {"contact": "x@example.com", "role": "org_admin"}
    assert client.post(reverse("parties:members", args=[code]), data).status_code == 403
    own = Membership.objects.get(user=cast.member)
    url = reverse("parties:member_role", args=[code, own.code])
    assert client.post(url, {"role": "org_admin"}).status_code == 403
    assert Membership.objects.get(user=cast.member).role == "member"
    assert not Invitation.objects.exists()


@pytest.mark.parametrize("code", ["JG2026-000000-0", "1", "../../etc", "JG2026-7KQ4ZM-H%00", "🙂"])
def test_unknown_codes_are_not_found(cast: Cast, as_: As, code: str) -> None:
    from urllib.parse import quote

    for path in (f"/orgs/{quote(code)}/", f"/workbench/organizations/{quote(code)}/"):
        assert as_(cast.org_admin).get(path).status_code == 404


# --- entering -----------------------------------------------------------------------------------
def new_data(**changes: str) -> dict[str, str]:
    return {
        "uscc": make_uscc(),
        "name": "临沂新材料有限公司",
        "kind": "enterprise",
        "district": "371302",
    } | changes


def test_enter_an_organisation(as_: As) -> None:
    taxonomy.load_seeds()
    client = as_(UserFactory())
    response = client.post(reverse("parties:organization_new"), new_data())
    org = Organization.objects.get()
    assert response["Location"] == reverse("parties:verification", args=[org.code])
    assert "单位已登记" in client.get(response["Location"]).text


def test_bad_code_is_told_at_the_field_and_all_is_kept(as_: As) -> None:
    taxonomy.load_seeds()
    data = new_data(uscc="9137130OMA3YX00970")
    page = as_(UserFactory()).post(reverse("parties:organization_new"), data)
    assert page.status_code == 400
    assert "第 8 位是“O”" in page.text
    assert 'value="9137130OMA3YX00970"' in page.text
    assert 'value="临沂新材料有限公司"' in page.text


def test_known_code_leads_to_a_claim(cast: Cast, as_: As) -> None:
    org = OrganizationFactory(name="待认领单位")
    client = as_(UserFactory())
    url = reverse("parties:organization_new")
    page = client.post(url, {"uscc": org.uscc.lower()})
    assert page.status_code == 200
    assert "认领这个单位" in page.text
    response = client.post(url, {"uscc": org.uscc, "claim": "1"})
    assert response["Location"] == reverse("parties:verification", args=[org.code])
    assert Verification.objects.get().is_claim
    assert client.get(response["Location"]).status_code == 200
    assert client.get(reverse("parties:manage", args=[org.code])).status_code == 404
    page = client.post(url, {"uscc": cast.enterprise.uscc})
    assert "该单位已有管理员" in page.text
    assert client.post(url, {"uscc": cast.enterprise.uscc, "claim": "1"}).status_code == 409


def test_person_without_confirmed_contact_enters_nothing(as_: As) -> None:
    taxonomy.load_seeds()
    client = as_(UserFactory(email_verified_at=None))
    assert client.post(reverse("parties:organization_new"), new_data()).status_code == 403
    assert not Organization.objects.exists()


# --- profile of an organisation -------------------------------------------------------------------
def edit_data(**changes: str) -> dict[str, str]:
    return {
        "rev": "1",
        "district": "371311",
        "summary": "磁性材料",
        "honors": "甲\n\n乙 ",
    } | changes


def test_edit_the_profile(cast: Cast, as_: As) -> None:
    taxonomy.load_seeds()
    client = as_(cast.org_admin)
    url = reverse("parties:organization_edit", args=[cast.enterprise.code])
    response = client.post(url, edit_data(status="draft", is_sample="on", name="冒名", uscc="x"))
    assert response.status_code == 302
    org = Organization.objects.get(pk=cast.enterprise.pk)
    assert (org.district, org.honors, org.name) == ("371311", ["甲", "乙"], "沂蒙磁材有限公司")
    assert (org.status, org.is_sample) == ("verified", False)
    assert client.post(url, edit_data()).status_code == 409


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("website", "javascript:alert(1)"),
        ("website", "data:text/html,x"),
        ("website", "ftp://example.com"),
        ("district", "999999"),
        ("contact_phone", "call me"),
        ("contact_email", "x"),
        ("summary", "x" * 501),
        ("name_en", "x" * 1_000_000),
        ("rev", "x"),
        ("scale", "giant"),
    ],
)
def test_bad_profile_is_told_at_the_field(cast: Cast, as_: As, field: str, value: str) -> None:
    taxonomy.load_seeds()
    url = reverse("parties:organization_edit", args=[cast.enterprise.code])
    page = as_(cast.org_admin).post(url, edit_data(**{field: value}))
    assert page.status_code == 400
    assert field in page.context["form"].errors
    assert "磁性材料" in page.text or field == "summary"


def test_markup_in_a_profile_is_text(cast: Cast, client: Client) -> None:
    hostile = "<img src=x onerror=alert(1)>"
    Organization.objects.filter(pk=cast.enterprise.pk).update(
        name=hostile, summary=hostile, honors=[hostile], address=hostile
    )
    for url in (
        reverse("parties:organization", args=[cast.enterprise.code]),
        reverse("parties:organizations"),
    ):
        assert "<img src=x" not in client.get(url).text


# --- members --------------------------------------------------------------------------------------
def test_invite_and_join_by_link(
    cast: Cast, as_: As, client: Client, django_capture_on_commit_callbacks: Any
) -> None:
    url = reverse("parties:members", args=[cast.enterprise.code])
    with django_capture_on_commit_callbacks(execute=True):
        page = as_(cast.org_admin).post(url, {"contact": " New@Example.com", "role": "approver"})
    assert page.status_code == 200
    link = re.search(r"http://testserver(/workbench/invitations/[^<\s]+)", page.text)[1]
    assert link in str(mail.outbox[-1].body)
    assert client.get(link)["Location"].startswith("/accounts/login/")
    stranger = as_(UserFactory(email="other@example.com"))
    assert "发给另一个邮箱" in stranger.get(link).text
    assert stranger.post(link).status_code == 403
    person = UserFactory(email="new@example.com")
    joining = as_(person)
    assert "接受邀请" in joining.get(link).text
    response = joining.post(link)
    assert response["Location"] == reverse("parties:manage", args=[cast.enterprise.code])
    assert joining.get(response["Location"]).status_code == 200
    assert "您已是该单位的成员" in joining.get(link).text
    assert joining.post(link).status_code == 409


def test_invitation_answers_the_same_for_known_and_unknown_people(cast: Cast, as_: As) -> None:
    UserFactory(email="known@example.com")
    url = reverse("parties:members", args=[cast.enterprise.code])
    client = as_(cast.org_admin)
    plain = []
    for name in ("known", "fresh"):
        page = client.post(url, {"contact": f"{name}@example.com", "role": "member"})
        text = re.sub(r"/invitations/[^<\s]+|YQ2026-[\w-]+|\w+@example.com", "", page.text)
        plain.append(page.text.count("<code>"))
        assert "邀请已发出" in text
    assert plain[0] == plain[1]


def test_expired_link_says_so(cast: Cast, as_: As) -> None:
    sent = services.invite_member(
        cast.enterprise, role="member", actor=cast.org_admin, email="new@example.com"
    )
    client = as_(UserFactory(email="new@example.com"))
    Invitation.objects.update(
        created_at=clock.now() - timedelta(days=8), expires_at=clock.now() - timedelta(days=1)
    )
    url = reverse("parties:invitation", args=[sent.token])
    assert "过期" in client.get(url).text
    assert client.post(url).status_code == 409


def test_join_from_the_own_page(cast: Cast, as_: As) -> None:
    services.invite_member(
        cast.enterprise, role="member", actor=cast.org_admin, email="new@example.com"
    )
    person = UserFactory(email="new@example.com")
    client = as_(person)
    assert "邀请您加入" in client.get(reverse("parties:own_organizations")).text
    code = Invitation.objects.get().code
    accept = reverse("parties:invitation_accept", args=[code])
    assert as_(cast.outsider).post(accept).status_code == 404
    assert client.post(accept).status_code == 302
    assert person.access.in_org(cast.enterprise.pk)


def test_manage_members(cast: Cast, as_: As) -> None:
    client = as_(cast.org_admin)
    code = cast.enterprise.code
    member = Membership.objects.get(user=cast.member)
    role = reverse("parties:member_role", args=[code, member.code])
    assert client.post(role, {"role": "operator"}).status_code == 400
    assert client.post(role, {"role": "approver"}).status_code == 302
    remove = reverse("parties:member_remove", args=[code, member.code])
    assert client.post(remove).status_code == 302
    assert not Membership.objects.filter(user=cast.member).exists()
    own = Membership.objects.get(user=cast.org_admin)
    leave = reverse("parties:member_remove", args=[code, own.code])
    refused = client.post(leave)
    assert refused.status_code == 409
    assert "至少要有一名管理员" in refused.text
    foreign = Membership.objects.get(user=cast.outsider)
    assert (
        client.post(reverse("parties:member_remove", args=[code, foreign.code])).status_code == 404
    )


def test_leaving_leads_away(cast: Cast, as_: As) -> None:
    own = Membership.objects.get(user=cast.member)
    url = reverse("parties:member_remove", args=[cast.enterprise.code, own.code])
    assert as_(cast.member).post(url)["Location"] == reverse("parties:own_organizations")


def test_revoke_by_page(cast: Cast, as_: As) -> None:
    services.invite_member(
        cast.enterprise, role="member", actor=cast.org_admin, email="new@example.com"
    )
    invitation = Invitation.objects.get()
    names = [cast.enterprise.code, invitation.code]
    assert (
        as_(cast.member).post(reverse("parties:invitation_revoke", args=names)).status_code == 403
    )
    assert (
        as_(cast.org_admin).post(reverse("parties:invitation_revoke", args=names)).status_code
        == 302
    )
    foreign = [cast.other_enterprise.code, invitation.code]
    assert (
        as_(cast.outsider).post(reverse("parties:invitation_revoke", args=foreign)).status_code
        == 404
    )


# --- verification ---------------------------------------------------------------------------------
def test_whole_way_to_verified(cast: Cast, as_: As) -> None:
    taxonomy.load_seeds()
    person = UserFactory()
    client = as_(person)
    url = client.post(reverse("parties:organization_new"), new_data())["Location"]
    page = client.post(url, {"note": "更名前为甲公司", "submit": "1"})
    assert page.status_code == 400
    assert "请上传营业执照等主体证照" in page.text
    assert "更名前为甲公司" in page.text
    data = {"note": "更名前为甲公司", "documents": [upload(pdf_bytes(), "执照.pdf")], "submit": "1"}
    assert client.post(url, data).status_code == 302
    page = client.get(url)
    assert "执照.pdf" in page.text
    assert 'type="file"' not in page.text
    assert client.post(url, {"note": "x"}).status_code == 409

    registrar = as_(cast.registrar_county)
    assert "临沂新材料有限公司" in registrar.get(reverse("parties:verification_queue")).text
    dossier = Verification.objects.get()
    review = reverse("parties:verification_review", args=[dossier.code])
    assert "执照.pdf" in registrar.get(review).text
    page = registrar.post(review, {"return": "1", "remark": "看不清"})
    assert page.status_code == 400
    assert "看不清" in page.text
    response = registrar.post(
        review, {"return": "1", "reasons": ["unreadable"], "remark": "看不清"}
    )
    assert response["Location"] == reverse("parties:verification_queue")

    page = client.get(url)
    assert "证照不清晰或不完整" in page.text
    assert "看不清" in page.text
    assert "更名前为甲公司" in page.text
    assert "执照.pdf" in page.text
    assert client.post(url, {"note": "更名前为甲公司", "submit": "1"}).status_code == 302
    registrar.post(review, {"verify": "1"})
    org = Organization.objects.get(pk=dossier.organization_id)
    assert org.status == "verified"
    assert org.name in Client().get(reverse("parties:organizations")).text
    assert registrar.post(review, {"verify": "1"}).status_code == 409


def test_documents_are_removed_by_button(cast: Cast, as_: As) -> None:
    org = OrganizationFactory(status="draft")
    person = make_member(org, "org_admin")
    dossier = Verification.objects.create(organization=org, applicant=person)
    client = as_(person)
    url = reverse("parties:verification", args=[org.code])
    client.post(url, {"documents": [upload(pdf_bytes(), "错.pdf")], "save": "1"})
    page = client.get(url)
    code = re.search(r'name="remove_file"\s+value="([^"]+)"', page.text)[1]
    client.post(url, {"remove_file": code, "note": ""})
    assert "错.pdf" not in client.get(url).text
    assert dossier.status == "draft"


def test_bad_upload_is_told_and_the_note_is_kept(cast: Cast, as_: As) -> None:
    org = OrganizationFactory(status="draft")
    person = make_member(org, "org_admin")
    Verification.objects.create(organization=org, applicant=person)
    url = reverse("parties:verification", args=[org.code])
    for data, name in ((b"MZ", "a.exe"), (b"<html>", "a.pdf"), (b"", "a.pdf")):
        page = as_(person).post(
            url, {"documents": [upload(data, name)], "note": "说明一段", "submit": "1"}
        )
        assert page.status_code == 400
        assert "说明一段" in page.text
    assert Verification.objects.get().status == "draft"


@pytest.mark.parametrize("role", ["member", "org_admin", "editor", "security_admin", "expert"])
def test_queue_is_for_registrars(cast: Cast, as_: As, role: str) -> None:
    dossier = Verification.objects.create(
        organization=OrganizationFactory(status="draft"), applicant=cast.outsider
    )
    client = as_(cast[role])
    assert client.get(reverse("parties:verification_queue")).status_code == 403
    review = reverse("parties:verification_review", args=[dossier.code])
    assert client.get(review).status_code == 404
    assert client.post(review, {"verify": "1"}).status_code == 404
    dossier.refresh_from_db()
    assert dossier.status == "draft"


def test_suspend_by_page(cast: Cast, as_: As, client: Client) -> None:
    operator = as_(cast.operator)
    url = reverse("parties:suspend", args=[cast.enterprise.code])
    assert operator.post(url, {"suspend": "1", "remark": ""}).status_code == 400
    assert operator.post(url, {"suspend": "1", "remark": "造假"}).status_code == 302
    public = reverse("parties:organization", args=[cast.enterprise.code])
    assert client.get(public).status_code == 404
    assert as_(cast.member).get(public).status_code == 200
    assert operator.post(url, {"restore": "1"}).status_code == 302
    assert client.get(public).status_code == 200


# --- the public pages -----------------------------------------------------------------------------
def test_directory_is_searched_and_narrowed(client: Client) -> None:
    taxonomy.load_seeds()
    OrganizationFactory(name="沂蒙磁材有限公司")
    OrganizationFactory(name="沂州理工大学", kind="university", district="371311")
    OrganizationFactory(name="未认证磁材公司", status="draft")
    url = reverse("parties:organizations")

    def names(query: str) -> list[str]:
        page = client.get(f"{url}{query}")
        assert page.status_code == 200
        return [org.name for org in page.context["page"].object_list]

    assert names("") == ["沂州理工大学", "沂蒙磁材有限公司"]
    assert names("?q=磁材") == ["沂蒙磁材有限公司"]
    assert names("?q=沂蒙+有限") == ["沂蒙磁材有限公司"]
    assert names("?kind=university") == ["沂州理工大学"]
    assert names("?district=371302&district=371311") == ["沂州理工大学", "沂蒙磁材有限公司"]
    assert names("?kind=nonsense&district=%00") == ["沂州理工大学", "沂蒙磁材有限公司"]
    assert names("?q=%25") == []
    assert names("?q=%00&page=" + "9" * 40) == ["沂州理工大学", "沂蒙磁材有限公司"]
    assert names("?q=" + "x" * 5000) == []


def test_contact_is_shown_to_people_who_signed_in(cast: Cast, client: Client, as_: As) -> None:
    Organization.objects.filter(pk=cast.enterprise.pk).update(
        contact_name="周经理", contact_phone="0539-8100000", contact_email="zhou@example.com"
    )
    url = reverse("parties:organization", args=[cast.enterprise.code])
    for secret in ("周经理", "0539-8100000", "zhou@example.com"):
        assert secret not in client.get(url).text
        assert secret in as_(cast.outsider).get(url).text


@pytest.mark.parametrize(
    "name", ["parties:organizations", "parties:members", "parties:verification_queue"]
)
def test_lists_cost_the_same_for_one_and_thirty(cast: Cast, as_: As, name: str) -> None:
    taxonomy.load_seeds()
    counts = []
    for rows in (1, 30):
        org = OrganizationFactory()
        reader = make_member(org, "org_admin")
        for _ in range(rows):
            OrganizationFactory()
            make_member(org)
            Verification.objects.create(
                organization=OrganizationFactory(status="pending"),
                applicant=UserFactory(),
                status="pending",
                submitted_at=clock.now(),
            )
            services.invite_member(
                org, role="member", actor=reader, email=f"i{rows}{_}@example.com"
            )
        client = as_(cast.registrar_city if name.endswith("queue") else reader)
        url = reverse(name, args=[org.code] if name.endswith("members") else [])
        client.get(url)
        with CaptureQueriesContext(
            connection,
        ) as captured:
            assert client.get(url).status_code == 200
        counts.append(len(captured))
    assert counts[0] == counts[1]


# --- person ---------------------------------------------------------------------------------------
def test_profile_is_saved(as_: As) -> None:
    user = UserFactory()
    client = as_(user)
    url = reverse("parties:profile")
    data = {"name": "王小芳", "language": "en", "email": "evil@example.com", "is_superuser": "on"}
    assert client.post(url, data).status_code == 302
    before = user.email
    user.refresh_from_db()
    assert (user.name, user.language, user.email, user.is_superuser) == (
        "王小芳",
        "en",
        before,
        False,
    )
    for bad in (
        {"name": "", "language": "en"},
        {"name": "甲", "language": "xx"},
        {"name": "x" * 61, "language": "en"},
    ):
        assert client.post(url, bad).status_code == 400


def test_token_page_shows_a_secret_once(as_: As) -> None:
    client = as_(UserFactory())
    url = reverse("parties:tokens")
    data = {"name": "同步", "scope": "read", "days": "90"}
    response = client.post(url, data)
    assert response["Location"].startswith(reverse("account_reauthenticate"))
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    page = client.post(url, data)
    secret = re.search(r"jb_[\w-]{43}", page.text)[0]
    assert secret not in client.get(url).text
    assert client.post(url, data | {"scope": "admin"}).status_code == 400
    assert client.post(url, data | {"days": "99999"}).status_code == 400
    code = re.search(r"/tokens/(LP[^/]+)/revoke/", client.get(url).text)[1]
    revoke = reverse("parties:token_revoke", args=[code])
    assert as_(UserFactory()).post(revoke).status_code == 404
    assert client.post(revoke).status_code == 302
    assert code not in client.get(url).text


def test_reading_changes_nothing(cast: Cast, as_: As) -> None:
    member = Membership.objects.get(user=cast.member)
    client = as_(cast.org_admin)
    code = cast.enterprise.code
    client.get(reverse("parties:member_remove", args=[code, member.code]))
    client.get(reverse("parties:member_role", args=[code, member.code]) + "?role=org_admin")
    assert client.get(reverse("parties:invitation_revoke", args=[code, "YQ"])).status_code == 405
    assert client.get(reverse("parties:token_revoke", args=["LP"])).status_code == 405
    member.refresh_from_db()
    assert member.role == "member"
