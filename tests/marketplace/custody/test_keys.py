"""Keys and rehearsals: what is stored, what is asked, when somebody is ready."""

from datetime import timedelta
from typing import Any

from django.db import IntegrityError, transaction

import pytest

from marketplace.custody import queries, sealing, services
from marketplace.custody.models import CustodianKey, Rehearsal
from marketplace.journal.models import Entry
from marketplace.kernel import clock
from marketplace.kernel.errors import Forbidden, InvalidInput, Refused, Stale
from marketplace.notices.models import Notice
from marketplace.parties.models import PlatformRole
from tests.cast import Cast
from tests.factories.custody import answer_of, make_custodian, make_key, new_record
from tests.factories.parties import make_member

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def keeper(cast: Cast) -> Any:
    return make_custodian(cast.university, cast.university_member, inviter=cast.operator)


def ready(*rows: Any) -> list[str]:
    return queries.ready([row.pk for row in rows], clock.now())


def test_a_key_is_stored_as_the_page_made_it(cast: Cast, keeper: Any) -> None:
    private, record = new_record()
    key, rehearsal = services.keep_key(keeper, record, actor=cast.university_member, rev="2")
    assert (key.record, key.key, key.retired_at) == (record, record["key"], None)
    assert (rehearsal.cause, rehearsal.tender, rehearsal.lot) == ("key", keeper.code, "")
    assert rehearsal.due_at - rehearsal.asked_at == 14 * DAY
    assert rehearsal.test["box"]["key"] == record["key"]
    assert ready(keeper) == ["郭教授（沂州理工大学）：密钥还没有通过演练"]
    done = services.answer_rehearsal(
        rehearsal, answer_of(private, rehearsal), actor=cast.university_member
    )
    assert done.answered_at is not None
    assert ready(keeper) == []


def test_what_is_no_record_is_refused_at_the_field(cast: Cast, keeper: Any) -> None:
    _private, record = new_record()
    for wrong in (None, {}, [], "x", {**record, "iterations": 1000}, {**record, "more": 1}):
        with pytest.raises(InvalidInput) as caught:
            services.keep_key(keeper, wrong, actor=cast.university_member)
        assert list(caught.value.errors) == ["record"]
    assert not CustodianKey.objects.exists()


def test_nobody_else_makes_a_key_and_a_stale_page_makes_none(cast: Cast, keeper: Any) -> None:
    _private, record = new_record()
    for actor in (cast.university_admin, cast.operator, cast.outsider, cast.custodian):
        with pytest.raises(Forbidden):
            services.keep_key(keeper, record, actor=actor)
    with pytest.raises(Stale):
        services.keep_key(keeper, record, actor=cast.university_member, rev="1")
    invited = make_custodian(cast.university, inviter=cast.operator, state="invited")
    with pytest.raises(Refused, match="接受任命后"):
        services.keep_key(invited, record, actor=invited.person)


def test_a_key_is_one_custodians_and_a_new_one_retires_it(cast: Cast, keeper: Any) -> None:
    _private, key, rehearsal = make_key(keeper, rehearsed=False)
    other = make_custodian(cast.university, inviter=cast.operator)
    with pytest.raises(InvalidInput) as caught:
        services.keep_key(other, key.record, actor=other.person)
    assert str(caught.value.errors["record"][0]) == "这个密钥已经登记过，请重新生成"
    _private, new, _rehearsal = make_key(keeper)
    key.refresh_from_db()
    assert (key.retired_at, new.retired_at) == (new.made_at, None)
    assert queries.live_keys([keeper.pk]) == {keeper.pk: new}
    assert queries.keys_named([key.key, "0" * 32]) == {key.key: key}
    with pytest.raises(Refused, match="已经停用"):
        services.answer_rehearsal(rehearsal, "0" * 64, actor=cast.university_member)
    with pytest.raises(IntegrityError), transaction.atomic():
        CustodianKey.objects.create(custodian=keeper, key="0" * 32, record={})


def test_a_wrong_answer_is_refused_and_a_right_one_counts_once(cast: Cast, keeper: Any) -> None:
    private, _key, rehearsal = make_key(keeper, rehearsed=False)
    for wrong in ("", "0" * 64, rehearsal.expected.upper(), "é", rehearsal.expected + " "):
        with pytest.raises(InvalidInput) as caught:
            services.answer_rehearsal(rehearsal, wrong, actor=cast.university_member)
        assert list(caught.value.errors) == ["answer"]
    answer = answer_of(private, rehearsal)
    for actor in (cast.university_admin, cast.operator, cast.outsider):
        with pytest.raises(Forbidden):
            services.answer_rehearsal(rehearsal, answer, actor=actor)
    services.answer_rehearsal(rehearsal, answer, actor=cast.university_member)
    with pytest.raises(Refused, match="已经完成"):
        services.answer_rehearsal(rehearsal, answer, actor=cast.university_member)


def test_the_journal_holds_no_record_and_no_answer(keeper: Any) -> None:
    _private, key, rehearsal = make_key(keeper)
    kept = "".join(str(entry.__dict__) for entry in Entry.objects.all())
    for secret in (key.record["wrapped"], rehearsal.expected, rehearsal.test["box"]["ciphertext"]):
        assert secret not in kept


def test_what_is_wrong_is_said_for_each_in_words(cast: Cast, keeper: Any) -> None:
    fresh = make_custodian(
        cast.university, make_member(cast.university, name="甲"), inviter=cast.operator
    )
    gone = make_custodian(
        cast.university,
        make_member(cast.university, name="乙"),
        inviter=cast.operator,
        state="retired",
    )
    make_key(keeper)
    PlatformRole.objects.create(user=keeper.person, role="expert")
    assert queries.ready([keeper.pk, fresh.pk, gone.pk, 0], clock.now()) == [
        "郭教授（沂州理工大学）：在平台上担任其他职务的人不能保管密钥",
        "甲（沂州理工大学）：还没有密钥",
        "乙（沂州理工大学）：不在任",
        "乙（沂州理工大学）：还没有密钥",
        "没有这个密钥保管人",
    ]


def test_a_rehearsal_holds_for_90_days(cast: Cast, keeper: Any) -> None:
    _private, _key, rehearsal = make_key(keeper)
    assert rehearsal.answered_at is not None
    end = rehearsal.answered_at + 90 * DAY
    assert queries.ready([keeper.pk], end - timedelta(microseconds=1)) == []
    assert queries.ready([keeper.pk], end) == [
        "郭教授（沂州理工大学）：最近一次密钥演练已超过 90 天"
    ]


def test_the_clock_asks_again_reminds_once_and_asks_no_retired_key(
    cast: Cast, keeper: Any, drain: Any
) -> None:
    private, _key, _rehearsal = make_key(keeper)
    assert services.tick() == 0
    with clock.shift(76 * DAY + timedelta(minutes=1)):
        assert services.tick() == 1
        assert services.tick() == 0
        drain()
    Notice.objects.all().delete()
    asked = Rehearsal.objects.get(answered_at=None)
    assert (asked.cause, asked.tender) == ("clock", keeper.code)
    with clock.shift(91 * DAY):
        assert services.tick() == 1
        assert services.tick() == 0
        drain()
        told = {(notice.recipient, str(notice.title)) for notice in Notice.objects.all()}
        assert told == {
            (cast.university_member, "密钥演练已逾期，请尽快完成"),
            (
                cast.university_admin,
                "密钥保管人 郭教授 的密钥演练已逾期，期间不能用于新的密封投标",
            ),
        }
        assert len(ready(keeper)) == 1
        # A late answer counts: the key opens.
        services.answer_rehearsal(asked, answer_of(private, asked), actor=cast.university_member)
        assert ready(keeper) == []
    services.retire_custodian(keeper, reason="调离", actor=cast.operator)
    with clock.shift(400 * DAY):
        assert services.tick() == 0


def test_a_rehearsal_of_a_subject(cast: Cast, keeper: Any, drain: Any) -> None:
    with pytest.raises(Refused):
        services.ask_rehearsal(keeper, tender="ZB2026-7KQ4ZM-H", lot="1")
    private, _key, _rehearsal = make_key(keeper)
    drain()
    Notice.objects.all().delete()
    asked = services.ask_rehearsal(keeper, tender="ZB2026-7KQ4ZM-H", lot="1")
    assert services.ask_rehearsal(keeper, tender="ZB2026-7KQ4ZM-H", lot="1") == asked
    assert asked.test["tender"] == "ZB2026-7KQ4ZM-H"
    drain()
    assert Notice.objects.get().recipient == cast.university_member
    subject = {"tender": "ZB2026-7KQ4ZM-H", "lot": "1"}
    assert queries.rehearsed([keeper.pk], **subject) == [
        "郭教授（沂州理工大学）：还没有完成本项目的密钥演练"
    ]
    services.answer_rehearsal(asked, answer_of(private, asked), actor=cast.university_member)
    assert queries.rehearsed([keeper.pk], **subject) == []
    make_key(keeper)  # what the old key rehearsed says nothing of the new one
    assert len(queries.rehearsed([keeper.pk], **subject)) == 1


def test_terms_are_the_live_keys_in_the_order_given(cast: Cast, keeper: Any) -> None:
    other = make_custodian(cast.university, inviter=cast.operator)
    make_key(keeper)
    with pytest.raises(Refused, match="还没有密钥"):
        queries.terms_of([keeper, other], tender="T", lot="1", threshold=2)
    make_key(other)
    for rows in ([keeper, other], [other, keeper]):
        terms = queries.terms_of(rows, tender="T", lot="1", threshold=2)
        assert list(terms.custodians) == [row.code for row in rows]
        keys = [sealing.key_id(public) for public in terms.custodians.values()]
        assert keys == [queries.live_keys([row.pk])[row.pk].key for row in rows]
    assert list(queries.choosable()) == [keeper, other]
