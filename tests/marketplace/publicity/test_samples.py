"""The sample publicities: in the states that they show, and gone without a trace."""

import pytest

from marketplace.publicity import samples
from marketplace.publicity.models import Objection, Publicity
from marketplace.web.samples import declared
from tests.cast import Cast
from tests.factories.publicity import make_publicity

pytestmark = [pytest.mark.django_db]


def test_they_are_in_every_state_and_go_again(cast: Cast) -> None:
    [people] = [one for one in declared() if one.what == "organisations and people"]
    people.load(lambda *_: None)
    samples.load(lambda *_: None)
    samples.load(lambda *_: None)
    states = sorted(Publicity.objects.values_list("status", "suspended_for"))
    assert states == [
        ("draft", ""),
        ("ended", ""),
        ("ended", ""),
        ("running", ""),
        ("running", "objection"),
    ]
    assert sorted(Objection.objects.values_list("status", flat=True)) == ["dismissed", "submitted"]
    assert all(Publicity.objects.values_list("is_sample", flat=True))
    kept = make_publicity(cast.university, cast.university_admin)
    gone, stays = samples.remove()
    assert (gone, stays) == ({"objections": 2, "publicities": 5}, [])
    assert list(Publicity.objects.all()) == [kept]
