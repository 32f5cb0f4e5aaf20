"""Two enquiries of one pair about one undertaking are shown together and come apart unchanged."""

from typing import Any

from django.test import Client
from django.urls import reverse

import pytest

from marketplace.enquiries import queries, services
from marketplace.enquiries.models import Enquiry
from marketplace.kernel.errors import Refused, Stale
from tests.cast import Cast
from tests.factories.achievements import make_achievement
from tests.factories.enquiries import make_enquiry
from tests.factories.needs import make_need

pytestmark = pytest.mark.django_db


@pytest.fixture
def pair(cast: Cast) -> tuple[Enquiry, Enquiry]:
    """Each of the two has asked the other."""
    need = make_need(cast.enterprise, cast.member, state="published")
    offer = make_achievement(cast.university, cast.university_member, state="published")
    return (
        make_enquiry(need, cast.university, cast.university_member, text="我们能解决"),
        make_enquiry(offer, cast.enterprise, cast.member, text="我们想引进"),
    )


def test_both_histories_are_shown_with_their_source(
    cast: Cast, pair: tuple[Enquiry, Enquiry], client: Client
) -> None:
    one, two = pair
    client.force_login(cast.member, backend="django.contrib.auth.backends.ModelBackend")
    address = reverse("enquiries:join", args=[one.code])
    page = client.get(address).content.decode()
    rev = page.split('name="rev" value="')[1].split('"')[0]
    assert client.post(address, {"rev": rev, "other": two.code}).status_code == 302
    for enquiry in pair:
        shown = client.get(reverse("enquiries:show", args=[enquiry.code])).content.decode()
        assert shown.index("我们能解决") < shown.index("我们想引进")
        assert "来自" in shown
    one.refresh_from_db()
    services.separate(one, actor=cast.university_member, rev=one.rev)
    alone = client.get(reverse("enquiries:show", args=[one.code])).content.decode()
    assert "我们想引进" not in alone
    assert [row.text for row in queries.messages_of(two)] == ["我们想引进"]


def test_stale_pages_and_other_pairs_are_refused(cast: Cast, pair: tuple[Enquiry, Enquiry]) -> None:
    one, two = pair
    with pytest.raises(Stale):
        services.join(one, two, actor=cast.member, rev=one.rev + 1)
    need = make_need(cast.other_enterprise, cast.outsider, state="published")
    other: Any = make_enquiry(need, cast.university, cast.university_member)
    with pytest.raises(Refused):
        services.join(one, other, actor=cast.university_member)
