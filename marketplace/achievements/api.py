"""Achievements over REST: the same services and policies as the pages."""

from drf_spectacular.utils import extend_schema, extend_schema_view

from marketplace.achievements.kind import KIND
from marketplace.achievements.serializers import AchievementRead, AchievementWrite
from marketplace.listings import api


class AchievementApi(api.ListingApi):
    """What the views of this slice have in common."""

    kind = KIND
    reads = AchievementRead
    writes = AchievementWrite
    prefetch = ("indicators", "patents", "owners", "inventors")


@extend_schema_view(
    get=extend_schema(
        operation_id="achievement_list",
        parameters=api.list_parameters(KIND),
        responses=api.page_of(AchievementRead, "AchievementPage"),
    ),
    post=extend_schema(
        operation_id="achievement_create",
        parameters=[api.IDEMPOTENCY_KEY],
        request=AchievementWrite,
        responses={200: AchievementRead, 201: AchievementRead},
    ),
)
class AchievementCollection(AchievementApi, api.ListingCollection):
    """成果列表与新建。"""


@extend_schema_view(get=extend_schema(operation_id="achievement_detail", responses=AchievementRead))
class AchievementItem(AchievementApi, api.ListingItem):
    """一条成果。"""


@extend_schema_view(
    post=extend_schema(
        operation_id="achievement_submit",
        parameters=[api.IF_MATCH],
        request=api.Seen,
        responses=AchievementRead,
    )
)
class AchievementSubmission(AchievementApi, api.ListingSubmission):
    """提交审核。"""
