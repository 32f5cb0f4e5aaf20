"""Pages and API of custodians: what each reader sees, sends and is told."""

import json
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

import pytest

from marketplace.custody import sealing, services
from marketplace.custody.models import Custodian, CustodianKey
from tests.cast import Cast
from tests.factories.custody import answer_of, make_custodian, make_key, new_record
from tests.filled import form_with, sent_by
from tests.marketplace.deals.pages import signed_in

pytestmark = pytest.mark.django_db


def at(name: str, *args: Any) -> str:
    return reverse(f"custody:{name}", args=args)


def opened(client: Any, address: str, field: str) -> dict[str, Any]:
    return sent_by(form_with(client.get(address).content.decode(), field))


def text_of(response: Any) -> str:
    return str(response.content.decode())


@pytest.fixture
def keeper(cast: Cast) -> Custodian:
    return make_custodian(cast.university, cast.university_member, inviter=cast.operator)


def invitation(client: Any, **said: str) -> dict[str, Any]:
    sent = opened(client, at("invite"), "person")
    values = {"person": "university_member@example.com", "kind": "legal"} | said
    return sent | {name: [value] for name, value in values.items()}


def test_an_operator_invites_by_code_and_address(cast: Cast) -> None:
    client = signed_in(cast.operator)
    sent = invitation(client, organization=cast.university.code.lower())
    answer = client.post(at("invite"), sent)
    row = Custodian.objects.get()
    assert (answer.status_code, answer.url) == (302, at("show", row.code))
    # The same form sent twice makes one.
    assert client.post(at("invite"), sent).status_code == 302
    assert Custodian.objects.count() == 1
    assert "接受任命" not in text_of(client.get(at("show", row.code)))


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ({"organization": "JG2026-000000-0"}, "没有这个编号的单位"),
        ({"organization": "' OR 1=1 --"}, "没有这个编号的单位"),
        ({"person": "outsider@example.com"}, "该单位没有使用这个邮箱或手机号的成员"),
        ({"person": "nobody@example.com"}, "该单位没有使用这个邮箱或手机号的成员"),
        ({"kind": "other'"}, "选择"),
    ],
)
def test_what_is_wrong_is_said_and_kept(cast: Cast, said: dict[str, str], reason: str) -> None:
    client = signed_in(cast.operator)
    sent = invitation(client, **{"organization": cast.university.code} | said)
    answer = client.post(at("invite"), sent)
    assert answer.status_code == 400
    assert reason in text_of(answer)
    assert "university_member@example.com" in text_of(answer) or "person" in said
    assert not Custodian.objects.exists()


def test_a_binder_chooses_among_the_own_organisations(cast: Cast) -> None:
    client = signed_in(cast.university_admin)
    sent = invitation(client)
    assert sent["organization"] == [cast.university.code]
    foreign = client.post(at("invite"), sent | {"organization": [cast.enterprise.code]})
    assert foreign.status_code == 400
    assert client.post(at("invite"), sent).status_code == 302
    assert signed_in(cast.university_member).get(at("invite")).status_code == 403


def test_from_the_invitation_to_a_rehearsed_key(cast: Cast) -> None:
    row = make_custodian(
        cast.university, cast.university_member, inviter=cast.operator, state="invited"
    )
    client = signed_in(cast.university_member)
    assert "接受任命后才能生成密钥" in text_of(client.get(at("key", row.code)))
    sent = opened(client, at("show", row.code), "rev")
    assert client.post(at("show", row.code), sent | {"act": "accept"}).status_code == 302
    private, record = new_record()
    sent = opened(client, at("key", row.code), "record")
    sent["record"] = [sealing.canonical(record).decode()]
    answer = client.post(at("key", row.code), sent)
    rehearsal = CustodianKey.objects.get().rehearsals.get()
    assert (answer.status_code, answer.url) == (302, at("rehearse", rehearsal.code))
    # Sent a second time it is refused, and says that the words are void.
    again = client.post(at("key", row.code), sent)
    assert (again.status_code, "刚才抄写的口令作废" in text_of(again)) == (409, True)

    page = client.get(at("rehearse", rehearsal.code))
    assert rehearsal.expected not in text_of(page)
    sent = opened(client, at("rehearse", rehearsal.code), "answer")
    wrong = client.post(at("rehearse", rehearsal.code), sent | {"answer": ["0" * 64]})
    assert (wrong.status_code, "演练结果不正确" in text_of(wrong)) == (400, True)
    right = sent | {"answer": [answer_of(private, rehearsal)]}
    assert client.post(at("rehearse", rehearsal.code), right).status_code == 302
    assert client.post(at("rehearse", rehearsal.code), right).status_code == 409


@pytest.mark.parametrize(
    "record", ["", "{}", "null", "x", "[" * 3000, '{"version":1}', "\ud83d\x00", "9" * 5000]
)
def test_what_is_no_record_is_refused(cast: Cast, keeper: Custodian, record: str) -> None:
    client = signed_in(cast.university_member)
    sent = opened(client, at("key", keeper.code), "record")
    sent["record"] = [record.encode("utf-8", "replace").decode()]
    answer = client.post(at("key", keeper.code), sent)
    assert answer.status_code == 400
    assert not CustodianKey.objects.exists()


def test_pages_say_what_to_do_without_a_script(cast: Cast, keeper: Custodian) -> None:
    client = signed_in(cast.university_member)
    page = text_of(client.get(at("key", keeper.code)))
    assert "需要启用 JavaScript" in page
    assert page.count("<script") == page.count('<script src="')


def test_the_record_is_the_custodians_own(cast: Cast, keeper: Custodian) -> None:
    client = signed_in(cast.university_member)
    assert client.get(at("record", keeper.code)).status_code == 404
    _private, key, _rehearsal = make_key(keeper)
    answer = client.get(at("record", keeper.code))
    assert json.loads(answer.content) == key.record
    assert answer["Content-Disposition"] == (f'attachment; filename="{keeper.code}-{key.key}.json"')
    assert answer["Cache-Control"] == "no-store"
    for person in (cast.university_admin, cast.operator, cast.auditor):
        assert signed_in(person).get(at("record", keeper.code)).status_code == 403


def test_others_read_no_wrapped_key_anywhere(cast: Cast, keeper: Custodian) -> None:
    _private, key, rehearsal = make_key(keeper, rehearsed=False)
    addresses = [
        at("list"),
        at("show", keeper.code),
        reverse("api:custodian_list"),
        reverse("api:custodian_detail", args=[keeper.code]),
    ]
    for person in (cast.university_admin, cast.operator, cast.authority, cast.auditor):
        client = signed_in(person)
        for address in addresses:
            page = text_of(client.get(address))
            for secret in (key.record["wrapped"], key.record["salt"], rehearsal.expected):
                assert secret not in page, address


def test_the_api_tells_the_public_part(cast: Cast, keeper: Custodian) -> None:
    _private, key, _rehearsal = make_key(keeper)
    client = signed_in(cast.operator)
    found = client.get(reverse("api:custodian_detail", args=[keeper.code])).json()
    assert found == {
        "code": keeper.code,
        "status": "active",
        "kind": "legal",
        "rev": 3,
        "organization": {"code": cast.university.code, "name": "沂州理工大学"},
        "name": "郭教授",
        "key": key.key,
        "public": key.record["public"],
        "wrong": [],
    }
    listed = client.get(reverse("api:custodian_list"), {"status": "active"}).json()
    assert (listed["count"], listed["results"]) == (1, [found])
    assert client.get(reverse("api:custodian_list"), {"status": "x"}).status_code == 400
    assert client.get(reverse("api:custodian_list"), {"page": "9"}).status_code == 404


def test_lists_ask_as_often_for_many_as_for_one(cast: Cast, keeper: Custodian) -> None:
    make_key(keeper)
    client = signed_in(cast.operator)
    counts = []
    for _turn in range(2):
        for address in (at("list"), reverse("api:custodian_list")):
            client.get(address)
            with CaptureQueriesContext(connection) as asked:
                client.get(address)
            counts.append(len(asked))
        for _more in range(4):
            make_custodian(cast.university, inviter=cast.operator)
    assert counts[:2] == counts[2:]


def test_to_dos_follow_the_way_of_a_custodian(cast: Cast) -> None:
    from marketplace.custody.slice import _to_answer

    person = cast.university_member
    row = make_custodian(cast.university, person, inviter=cast.operator, state="invited")
    assert [todo.action for todo in _to_answer(person)] == ["去答复"]
    row = services.accept_invitation(row, actor=person)
    assert [todo.action for todo in _to_answer(person)] == ["去生成"]
    private, _key, rehearsal = make_key(row, rehearsed=False)
    assert [(todo.action, todo.due_at) for todo in _to_answer(person)] == [
        ("去演练", rehearsal.due_at)
    ]
    services.answer_rehearsal(rehearsal, answer_of(private, rehearsal), actor=person)
    assert list(_to_answer(person)) == []


def test_the_scripts_keep_to_their_budget() -> None:
    from pathlib import Path

    from marketplace import custody

    folder = Path(custody.__file__).parent / "static/custody"
    assert sum(path.stat().st_size for path in folder.glob("*.mjs")) <= 40_000
    words = (folder / "words.mjs").read_text().split("`")[1].split()
    assert (len(words), len(set(words))) == (256, 256)
    assert all(word.isascii() and word.islower() and len(word) > 2 for word in words)
