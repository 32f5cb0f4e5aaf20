"""What is saved and opened again is what was chosen: every form of the product, by its own page.

Each form is filled, saved, opened, and sent as it stands; the database must not notice.
"""

from datetime import timedelta
from typing import Any

from django.test import Client
from django.urls import reverse

import pytest

from marketplace.achievements.kind import KIND as ACHIEVEMENT
from marketplace.kernel import clock
from marketplace.listings.kind import ListingKind
from marketplace.matching.models import Reason
from marketplace.needs.kind import KIND as NEED
from marketplace.notices.models import NoticePreference
from marketplace.parties.models import Verification
from marketplace.taxonomy import services as taxonomy
from marketplace.taxonomy.models import Scheme, Term
from tests.cast import Cast
from tests.factories.achievements import make_achievement
from tests.factories.matching import magnet_need, magnet_result, make_match
from tests.factories.needs import make_need
from tests.factories.parties import OrganizationFactory, UserFactory, make_member
from tests.filled import Sent, choices_in, form_with, opened, saved_twice, send, sent_by

pytestmark = pytest.mark.django_db

MAKERS = {"needs": make_need, "achievements": make_achievement}
STEPS = [(kind, step.key) for kind in (NEED, ACHIEVEMENT) for step in kind.steps]
#: What changes with every save and is none of the person's words.
COUNTED = {"rev", "updated_at", "proposed_title"}
TEXT = "第一行 <b>“A & B”</b>\n\n  第三行，5 < 6 > 4；100%、#1、'x'  \n末行"


@pytest.fixture(autouse=True)
def _code_lists(db: None) -> None:
    taxonomy.load_seeds()


def signed_in(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def stored(kind: ListingKind, pk: int) -> dict[str, Any]:
    """A listing with its child rows, as plain values."""
    row = kind.model.objects.filter(pk=pk).values().get()
    children = {
        related: list(
            getattr(kind.model.objects.get(pk=pk), related)
            .order_by("position")
            .values(*_columns(kind, related))
        )
        for step in kind.steps
        for related in step.rows
    }
    # A set of ways: the boxes stand in the order of the list, whatever they were stored in.
    row["cooperation"] = sorted(row["cooperation"])
    return {name: value for name, value in row.items() if name not in COUNTED} | children


def _columns(kind: ListingKind, related: str) -> list[str]:
    model = kind.model._meta.get_field(related).related_model
    return [field.name for field in model._meta.fields if field.name != "id"]


def typed_into(form: Any, step: Any, number: int) -> Sent:
    """A value for every field of a step: the `number`th answer of each choice, text elsewhere."""
    answers = choices_in(form)
    sent: Sent = {}
    for name in sent_by(form):
        field = step.form.base_fields.get(name)
        if field is not None and name not in answers:
            sent[name] = [_text(name, field)]
    for name, possible in answers.items():
        sent[name] = possible[number % len(possible)]
    return sent


def _text(name: str, field: Any) -> str:
    known = {
        "keywords": "钕铁硼、C++、X射线",
        "contact_phone": "0539-8100000-801",
        "contact_email": "tto+a@example.com",
        "valid_until": (clock.today() + timedelta(days=40)).isoformat(),
        "deadline": (clock.today() + timedelta(days=90)).isoformat(),
        "innovation": "一\n二\n三",
        "budget_min": "0.01",
        "price_min": "12.34",
        "budget_max": "123456.7",
        "price_max": "123456.7",
    }
    if name in known:
        return known[name]
    return TEXT if getattr(field, "multiline", False) else "<i>一 & “二”</i> 'x'"


ROWS: dict[str, list[dict[str, str]]] = {
    "needs.indicators": [
        {
            "name": "甲<b>",
            "current": "约 0.09",
            "comparator": sign,
            "target": low,
            "target_high": high,
        }
        | {"unit": "mg/m³", "method": "GB/T 17657", "must": must}
        for sign, low, high, must in [
            ("ge", "0.000001", "", "no"),
            ("le", "-12.5", "", "yes"),
            ("gt", "100", "", "no"),
            ("lt", "999999", "", "yes"),
            ("eq", "0", "", "no"),
            ("between", "1.50", "2.25", "no"),
        ]
    ],
    "achievements.indicators": [
        {"name": "乙&", "comparator": sign, "value": low, "value_high": high, "unit": "℃"}
        | {"method": "“法”", "evidence": "报告 <1>"}
        for sign, low, high in [
            ("ge", "0.000001", ""),
            ("le", "-12.5", ""),
            ("gt", "100", ""),
            ("lt", "999999", ""),
            ("eq", "0", ""),
            ("between", "1.50", "2.25"),
        ]
    ],
    "achievements.owners": [
        {"name": "甲校", "share": "33.34"},
        {"name": "乙所", "share": "66.66"},
        {"name": "丙厂", "share": "0"},
    ],
    "achievements.inventors": [
        {"name": "郑亦山", "title": "教授", "contribution": "总体 & 方案"},
        {"name": "O'Neil", "title": "", "contribution": ""},
    ],
}


def rows_of(kind: ListingKind, form: Any, related: str) -> Sent:
    """Rows for a table of the step; patents take every kind and every state."""
    rows = ROWS.get(f"{kind.name}.{related}")
    if rows is None:
        answers = choices_in(form)
        kinds = [one for (one,) in answers[f"{related}-0-kind"] if one]
        states = [one for (one,) in answers[f"{related}-0-status"]]
        rows = [
            {"kind": one, "status": states[place % len(states)], "title": "名 “称”"}
            | {"number": "", "holder": "甲", "expires": "2031-12-31" if place % 2 else ""}
            for place, one in enumerate([*kinds, *kinds[: len(states)]])
        ]
    sent: Sent = {f"{related}-TOTAL_FORMS": [str(len(rows))]}
    for place, row in enumerate(rows):
        sent |= {f"{related}-{place}-{name}": [value] for name, value in row.items()}
    return sent


@pytest.mark.parametrize(("kind", "key"), STEPS, ids=[f"{k.name}-{s}" for k, s in STEPS])
def test_wizard_keeps_every_answer(cast: Cast, kind: ListingKind, key: str) -> None:
    step = kind.step(key)
    assert step is not None
    listing = MAKERS[kind.name](cast.enterprise, cast.member)
    client = signed_in(cast.member)
    address = kind.url("edit", listing.code, key)
    some_field = next(iter(step.form.base_fields))
    form = opened(client, address, some_field)
    most = max(len(answers) for answers in choices_in(form).values())
    for number in range(most):
        typed = typed_into(form, step, number)
        for related in step.rows:
            typed |= rows_of(kind, form, related)
        before, after = saved_twice(
            client, address, some_field, typed, lambda: stored(kind, listing.pk), save="1"
        )
        assert before == after
        for name, values in choices_in(form).items():
            if name in before and name in step.form.base_fields:
                assert sorted(_said(before[name])) == sorted(typed[name]), (name, values)
        for related in step.rows:
            rows = rows_of(kind, form, related)
            assert len(before[related]) == int(rows[f"{related}-TOTAL_FORMS"][0])


def _said(value: Any) -> list[str]:
    """A stored value as the form would have sent it."""
    if isinstance(value, bool):
        return ["on"] if value else []
    if isinstance(value, list):
        return value
    return ["" if value is None else str(value)]


def test_indicator_that_is_negotiable_stays_so(cast: Cast) -> None:
    need = make_need(cast.enterprise, cast.member)
    assert [row.must for row in need.indicators.all()] == [True, False]
    client = signed_in(cast.member)
    address = NEED.url("edit", need.code, "targets")
    form = opened(client, address, "budget_min")
    sent = sent_by(form)
    assert (sent["indicators-0-must"], sent["indicators-1-must"]) == (["yes"], ["no"])
    assert send(client, address, sent, save="1").status_code == 302
    assert [row.must for row in need.indicators.all()] == [True, False]


@pytest.mark.parametrize("name", ["industry", "field", "district"])
def test_term_retired_since_is_shown_and_kept(cast: Cast, name: str) -> None:
    """A list may change while a draft waits: what was chosen is no other answer because of that."""
    need = make_need(cast.enterprise, cast.member)
    chosen = getattr(need, name)
    day = clock.today()
    Term.objects.filter(scheme__code=name, code=chosen).update(valid_to=day)
    _forget_lists(name)
    client = signed_in(cast.member)
    address = NEED.url("edit", need.code, "basics")
    page = client.get(address)
    assert "（已停用）" in page.text
    assert sent_by(form_with(page.text, "title"))[name] == [chosen]
    before, after = saved_twice(
        client, address, "title", {"title": ["改一个字"]}, lambda: stored(NEED, need.pk), save="1"
    )
    assert before == after
    assert after[name] == chosen
    # Nobody else may choose it.
    sent = sent_by(opened(client, reverse("needs:new"), "title"))
    assert "（已停用）" not in client.get(reverse("needs:new")).text
    refused = send(client, reverse("needs:new"), {**sent, "title": ["x"], name: [chosen]})
    assert refused.status_code == 400


def test_retired_ways_of_cooperating_and_kinds_of_rights_are_kept(cast: Cast) -> None:
    made = make_achievement(cast.enterprise, cast.member)
    for scheme, code in (("cooperation", "license"), ("ip_kind", "invention")):
        Term.objects.filter(scheme__code=scheme, code=code).update(valid_to=clock.today())
        _forget_lists(scheme)
    client = signed_in(cast.member)
    for key, field in (("targets", "trl"), ("terms", "contact_name")):
        address = ACHIEVEMENT.url("edit", made.code, key)
        begun = stored(ACHIEVEMENT, made.pk)
        before, after = saved_twice(
            client, address, field, {}, lambda: stored(ACHIEVEMENT, made.pk), save="1"
        )
        assert begun == before == after
    assert set(after["cooperation"]) == {"joint_dev", "license"}
    assert after["patents"][0]["kind"] == "invention"


def _forget_lists(scheme: str) -> None:
    from marketplace.taxonomy.queries import code_lists

    code_lists._cache.snapshots.pop(scheme, None)


# --- organisations and people -----------------------------------------------------------------
def test_profile_of_an_organisation(cast: Cast) -> None:
    org = cast.enterprise
    client = signed_in(cast.org_admin)
    address = reverse("parties:organization_edit", args=[org.code])
    texts = {
        "address": ["柳青街道 <1 号> & “2”"],
        "summary": [TEXT],
        "honors": ["高新技术企业（2024）\n专精特新 & “小巨人”"],
        "website": ["https://example.com/?a=1&b=2"],
        "contact_name": ["林管理"],
        "contact_phone": ["0539-8100000-801"],
        "contact_email": ["tto+a@example.com"],
        "name_en": ["A & B <Ltd>"],
        "summary_en": ["One\n\nTwo"],
    }
    answers = choices_in(opened(client, address, "website"))

    def state() -> dict[str, Any]:
        row = type(org).objects.filter(pk=org.pk).values().get()
        return {name: value for name, value in row.items() if name not in COUNTED}

    for number in range(max(map(len, answers.values()))):
        typed = texts | {
            name: (possible[1:] if possible[0] == [""] and name == "district" else possible)[
                number % (len(possible) - (name == "district"))
            ]
            for name, possible in answers.items()
        }
        before, after = saved_twice(client, address, "website", typed, state)
        assert before == after
        assert [before["district"]] == typed["district"]
        assert [before["scale"]] == typed["scale"]
    assert before["summary"] == "第一行 <b>“A & B”</b>\n\n  第三行，5 < 6 > 4；100%、#1、'x'\n末行"


def test_application_for_verification() -> None:
    person = UserFactory()
    client = signed_in(person)
    address = reverse("parties:organization_new")
    sent = sent_by(opened(client, address, "uscc")) | {
        "uscc": ["91371302MA3F0001X7"],
        "name": ["待认证单位"],
        "kind": ["university"],
        "district": ["371302"],
    }
    sent["uscc"] = [OrganizationFactory.build().uscc]
    assert send(client, address, sent).status_code == 302
    dossier = Verification.objects.get()
    address = reverse("parties:verification", args=[dossier.organization.code])

    def state() -> Any:
        return Verification.objects.filter(pk=dossier.pk).values("note", "status").get()

    before, after = saved_twice(client, address, "note", {"note": [TEXT]}, state, save="1")
    assert before == after
    assert before["note"].startswith("第一行 <b>“A & B”</b>\n\n")
    # Identity may still change before it is handed in: every kind, opened and saved as it is.
    address = reverse("parties:organization_edit", args=[dossier.organization.code])
    org = dossier.organization
    for (kind,) in choices_in(opened(client, address, "website"))["kind"][1:]:
        before, after = saved_twice(
            client,
            address,
            "website",
            {"kind": [kind]},
            lambda: type(org).objects.filter(pk=org.pk).values("name", "uscc", "kind").get(),
        )
        assert before == after
        assert before["kind"] == kind


def test_account_and_mail_switches(cast: Cast) -> None:
    client = signed_in(cast.member)
    address = reverse("parties:profile")
    for language in ("zh-hans", "en"):
        typed = {"name": ["O'Neil <b> & “林”"], "language": [language]}
        before, after = saved_twice(
            client,
            address,
            "name",
            typed,
            lambda: type(cast.member).objects.filter(pk=cast.member.pk).values().get(),
        )
        assert before == after
        assert before["language"] == language
    address = reverse("notices:preferences")

    def switches() -> list[Any]:
        chosen = NoticePreference.objects.filter(user=cast.member)
        return sorted(chosen.values_list("kind", "mail"))

    for boxes in choices_in(opened(client, address, "mail"))["mail"]:
        before, after = saved_twice(client, address, "mail", {"mail": boxes}, switches)
        assert before == after
        assert sorted(sent_by(opened(client, address, "mail")).get("mail", [])) == sorted(boxes)


@pytest.mark.parametrize(
    ("verdict", "reason"), [("fits", ""), *(("dismissed", one) for one in Reason.values)]
)
def test_word_about_a_match(cast: Cast, verdict: str, reason: str) -> None:
    match = make_match(
        magnet_need(cast.enterprise, cast.member),
        magnet_result(cast.university, cast.university_admin),
    )
    client = signed_in(cast.member)
    address = reverse("matching:mark", args=[match.code])
    typed = {"verdict": [verdict], "reason": [reason], "note": [TEXT]}

    def said() -> dict[str, Any]:
        return match.feedback.values("side", "verdict", "reason", "note").first()

    before, after = saved_twice(client, address, "verdict", typed, said)
    assert before == after
    assert (before["verdict"], before["reason"]) == (verdict, reason)
    assert before["note"].startswith("第一行 <b>“A & B”</b>")


def test_role_of_a_member(cast: Cast) -> None:
    colleague = make_member(cast.enterprise)
    membership = colleague.memberships.get()
    client = signed_in(cast.org_admin)
    address = reverse("parties:member_role", args=[cast.enterprise.code, membership.code])
    for role in choices_in(opened(client, address, "role"))["role"]:
        before, after = saved_twice(
            client,
            address,
            "role",
            {"role": role},
            lambda: colleague.memberships.values_list("role", flat=True).get(),
        )
        assert before == after == role[0]


def test_term_of_a_code_list(cast: Cast) -> None:
    client = signed_in(cast.operator)
    scheme = Scheme.objects.get(code="industry")
    term = scheme.terms.get(code="wood")
    address = reverse("taxonomy:edit", args=["industry", "wood"])
    typed = {"label": ["木业 & <家具>"], "label_en": ["Wood"], "note": [TEXT], "order": ["0"]}
    before, after = saved_twice(
        client,
        address,
        "label",
        typed,
        lambda: Term.objects.filter(pk=term.pk).values(*typed, "code", "parent").get(),
    )
    assert before == after
    assert (before["label"], before["order"]) == ("木业 & <家具>", 0)
