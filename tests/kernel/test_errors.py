"""The words of refusal and the one table of their status codes."""

import pytest

from marketplace.kernel.errors import (
    DomainError,
    Forbidden,
    InvalidInput,
    NotVisible,
    Refused,
    TooMany,
)


@pytest.mark.parametrize(
    ("error", "status", "slug", "text"),
    [
        (InvalidInput({"title": ["请填写标题"]}), 400, "invalid", "填写的内容有误，请按提示修改"),
        (Forbidden(), 403, "forbidden", "没有权限进行此操作"),
        (Forbidden("只有审核人可以发布"), 403, "forbidden", "只有审核人可以发布"),
        (NotVisible(), 404, "not-found", "没有找到"),
        (Refused("已经发布"), 409, "refused", "已经发布"),
        (TooMany(90), 429, "too-many", "操作过于频繁，请稍后再试"),
    ],
)
def test_each_refusal_has_one_status(error, status, slug, text):
    assert isinstance(error, DomainError)
    assert (error.status, error.slug, str(error)) == (status, slug, text)


def test_details_are_kept():
    assert InvalidInput({"title": ("请填写标题",)}).errors == {"title": ["请填写标题"]}
    assert (TooMany(90).retry_after, TooMany(-5).retry_after) == (90, 1)
