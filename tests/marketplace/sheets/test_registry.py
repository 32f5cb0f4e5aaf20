"""Every export of the product stands in one registry, with who may have it and what it holds."""

from django.contrib.auth.models import AnonymousUser

import pytest

from marketplace.listings.kind import ListingKind, kinds
from marketplace.sheets.exports import Export, export_named, exports, register
from marketplace.web.costs import RATES
from tests.cast import Cast

PRIVATE = {"联系人", "联系电话", "电子邮箱", "对接方式"}


def titles(export: Export) -> set[str]:
    return {column.title for column in export.columns()}


@pytest.mark.django_db
@pytest.mark.parametrize("kind", kinds(), ids=lambda kind: kind.name)
def test_each_kind_has_an_export_for_everybody_and_one_for_its_owner(
    kind: ListingKind, cast: Cast
) -> None:
    shared, own = export_named(kind.name), export_named(f"{kind.name}.own")
    assert shared.title == own.title == kind.title
    assert titles(own) - titles(shared) == PRIVATE
    assert (shared.is_private, own.is_private) == (False, True)
    assert [export.may(AnonymousUser()) for export in (shared, own)] == [True, False]
    assert [export.may(cast.outsider) for export in (shared, own)] == [True, True]


def test_every_rate_is_known() -> None:
    assert {export.rate for export in exports()} <= set(RATES)


def test_a_name_is_taken_once() -> None:
    with pytest.raises(TypeError, match=r"two exports are called needs\.own"):
        register(export_named("needs.own"))
