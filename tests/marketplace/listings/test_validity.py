"""How long a listing is shown: its wished end decides, the old one does not, and a past one is refused."""

from datetime import timedelta

import pytest

from marketplace.kernel import clock
from marketplace.kernel.errors import Refused
from marketplace.listings import services as listings
from marketplace.listings.services import DEFAULT_VALIDITY
from tests.cast import Cast
from tests.factories.needs import make_need

pytestmark = pytest.mark.django_db


def test_a_listing_past_its_old_end_is_published_again_with_its_new_one(cast: Cast) -> None:
    need = make_need(cast.enterprise, cast.member, state="expired")
    first = need.published_at
    assert need.expires_at is not None
    assert need.expires_at <= clock.now()
    day = clock.today() + timedelta(days=40)
    listings.move(need, "revise", actor=cast.member)
    listings.save_step(need, actor=cast.member, values={"valid_until": day})
    listings.move(need, "submit", actor=cast.member)
    need = listings.move(need, "publish", actor=cast.registrar_city)
    assert (need.status, need.valid_until) == ("published", day)
    assert need.expires_at == clock.end_of_day(day)
    assert need.published_at == first


def test_a_listing_with_its_old_end_is_not_submitted_again(cast: Cast) -> None:
    need = make_need(cast.enterprise, cast.member, state="expired")
    listings.move(need, "revise", actor=cast.member)
    with pytest.raises(Refused, match="有效期已过"):
        listings.move(need, "submit", actor=cast.member)


def test_an_end_that_passed_in_review_is_not_published(cast: Cast) -> None:
    need = make_need(cast.enterprise, cast.member, state="in_review", valid_until=clock.today())
    with clock.shift(timedelta(days=1)):
        with pytest.raises(Refused, match="有效期已过"):
            listings.move(need, "publish", actor=cast.registrar_city)
        need.refresh_from_db()
        assert (need.status, need.published_at) == ("in_review", None)


def test_the_last_day_itself_is_still_good(cast: Cast) -> None:
    need = make_need(cast.enterprise, cast.member, state="in_review", valid_until=clock.today())
    need = listings.move(need, "publish", actor=cast.registrar_city)
    assert need.expires_at == clock.end_of_day(clock.today())


def test_dates_are_those_of_the_row_as_it_is_locked(cast: Cast) -> None:
    """A reviewer's page holds the row as it was: the end that was changed since is the one that holds."""
    need = make_need(cast.enterprise, cast.member, state="in_review")
    day = clock.today() + timedelta(days=10)
    type(need).objects.filter(pk=need.pk).update(valid_until=day)
    published = listings.move(need, "publish", actor=cast.registrar_city)
    assert (need.valid_until, published.valid_until) == (None, day)
    assert published.expires_at == clock.end_of_day(day)


def test_without_a_wish_a_year_is_counted_from_the_databases_day(cast: Cast) -> None:
    need = make_need(cast.enterprise, cast.member, state="in_review")
    with clock.shift(timedelta(days=3)):
        need = listings.move(need, "publish", actor=cast.registrar_city)
        assert need.valid_until == clock.today() + DEFAULT_VALIDITY
