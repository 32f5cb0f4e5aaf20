"""One world for the pages: a need with text and a file, an organisation that reads, one that does not."""

from dataclasses import dataclass
from typing import Any

import pytest

from marketplace.files.models import Attachment
from marketplace.needs.models import Need
from tests.cast import Cast
from tests.factories.disclosure import accept, make_grant
from tests.factories.files import make_attachment, pdf_bytes
from tests.factories.needs import make_need

#: Stands in the confidential text alone.
CANARY = "CANARY-胶黏剂配方"
#: The name of the restricted file, which the public does not learn either.
FILE = "CANARY-file.pdf"


@dataclass
class Shut:
    """A need whose confidential part is granted to nobody yet."""

    cast: Cast
    need: Need
    file: Attachment

    def open(self, **values: Any) -> Any:
        """Granted to the university, which has accepted."""
        accept(self.cast.university, self.cast.university_admin)
        return make_grant(
            self.need,
            self.cast.university,
            asker=self.cast.university_member,
            owner=self.cast.approver,
            **values,
        )


def make_shut(cast: Cast, *, noun: Any = make_need, **values: Any) -> Shut:
    need = noun(cast.enterprise, cast.member, confidential=CANARY, **values)
    kind = need._meta.label_lower
    file = make_attachment(
        cast.member,
        subject_kind=kind,
        subject_id=need.pk,
        audience="restricted",
        name=FILE,
        data=pdf_bytes(pages=2),
    )
    return Shut(cast, need, file)


@pytest.fixture
def shut(cast: Cast) -> Shut:
    return make_shut(cast, state="published")
