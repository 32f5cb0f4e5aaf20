"""Rights and the store: a segment is an append, a right is known by its hash, a quota holds."""

from pathlib import Path

from django.db import connection
from django.test.utils import CaptureQueriesContext

import pytest

from marketplace.bids import queries, rulebook, services
from marketplace.bids.adapters import store
from marketplace.bids.models import Right, Upload
from marketplace.files.storage import Room
from marketplace.kernel import clock
from marketplace.kernel.errors import InvalidInput, Refused, StorageFull
from tests.cast import Cast
from tests.factories.bids import make_draft, make_sealed_tender, right_for

pytestmark = pytest.mark.django_db


@pytest.fixture
def right(cast: Cast) -> Right:
    tender, _keepers = make_sealed_tender(cast.enterprise, cast.approver, operator=cast.operator)
    bid = make_draft(tender, cast.university, cast.university_admin)
    return right_for(bid, cast.university_admin)


def test_a_token_is_stored_as_its_hash_and_a_new_one_replaces_it(cast: Cast, right: Right) -> None:
    first = services.grant_right(right.bid, actor=cast.university_admin)
    assert queries.right_of(first) is not None
    assert first not in str(Right.objects.values_list())
    second = services.grant_right(right.bid, actor=cast.university_admin)
    assert queries.right_of(first) is None
    assert queries.right_of(second) is not None
    assert queries.right_of("") is None
    with pytest.raises(Refused, match="取代"):
        services.begin_upload(right, 10)


def test_segments_append_without_a_write_to_the_database(right: Right, own_store: Path) -> None:
    upload = services.begin_upload(right, 10)
    with CaptureQueriesContext(connection) as seen:
        assert services.append(upload, 0, [b"1234"]) == 4
        with pytest.raises(ValueError, match="offset"):
            services.append(upload, 0, [b"again"])
        with pytest.raises(ValueError, match="size"):
            services.append(upload, 4, [b"567", b"8901"])
        # What came before the interruption stays.
        assert store.size_of(upload.path) == 7
        assert services.append(upload, 7, [b"890"]) == 10
    assert len(seen) == 0
    [found] = list(own_store.glob("??/*"))
    assert found.read_bytes() == b"1234567890"
    assert (found.stat().st_mode & 0o777, len(found.name)) == (0o600, 32)


def test_a_quota_for_each_right_and_a_floor_of_free_disk(
    right: Right, monkeypatch: pytest.MonkeyPatch
) -> None:
    for size in (0, -1, rulebook.MOST_STORED + 1):
        with pytest.raises(InvalidInput):
            services.begin_upload(right, size)
    services.begin_upload(right, rulebook.MOST_STORED - 10)
    with pytest.raises(InvalidInput):
        services.begin_upload(right, 11)
    services.begin_upload(right, 10)
    Upload.objects.all().delete()
    monkeypatch.setattr(store, "room", lambda: Room(10, 10**13))
    with pytest.raises(StorageFull):
        services.begin_upload(right, 1)


def test_at_the_deadline_the_right_ends_and_the_sweep_erases(cast: Cast, right: Right) -> None:
    token = services.grant_right(right.bid, actor=cast.university_admin)
    fresh = queries.right_of(token)
    assert fresh is not None
    upload = services.begin_upload(fresh, 10)
    assert store.size_of(upload.path) == 0
    tender = right.bid.tender
    with clock.shift(tender.deadline - clock.now()):
        assert queries.right_of(token) is None
        services.record_closing(tender)
        services.tick()
    assert not Upload.objects.exists()
    right.bid.refresh_from_db()
    assert right.bid.status == "lapsed"


def test_a_name_never_leaves_the_store(right: Right) -> None:
    for name in ("../x", "", "a" * 32, "/etc/passwd"):
        assert queries.upload_of(right, name) is None
    with pytest.raises(ValueError, match="passwd"):
        store.locate("../../etc/passwd")


def test_two_writers_do_not_mix_and_two_places_are_shared(right: Right) -> None:
    upload = services.begin_upload(right, 100)

    def slow() -> object:
        yield b"a"
        with pytest.raises(store.Busy):
            services.append(upload, 1, [b"b"])
        yield b"c"

    assert services.append(upload, 0, slow()) == 2  # type: ignore[arg-type]
    with store.slot(2), store.slot(2), pytest.raises(store.Busy), store.slot(2):
        pass
    with store.slot(2):
        pass
