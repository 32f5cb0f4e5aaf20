"""The enquiry that most tests of this slice begin with."""

import pytest

from marketplace.enquiries.models import Enquiry
from tests.cast import Cast
from tests.factories.achievements import make_achievement
from tests.factories.enquiries import make_enquiry


@pytest.fixture
def enquiry(cast: Cast) -> Enquiry:
    """The enterprise asks the university about an achievement, and was answered."""
    listing = make_achievement(
        cast.university, cast.university_member, title="低甲醛胶黏剂", state="published"
    )
    return make_enquiry(
        listing, cast.enterprise, cast.member, state="talking", owner=cast.university_member
    )
