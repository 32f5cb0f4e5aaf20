"""Needs over REST: the same services and policies as the pages."""

from drf_spectacular.utils import extend_schema, extend_schema_view

from marketplace.listings import api
from marketplace.needs.kind import KIND
from marketplace.needs.serializers import NeedRead, NeedWrite


class NeedApi(api.ListingApi):
    """What the views of this slice have in common."""

    kind = KIND
    reads = NeedRead
    writes = NeedWrite


@extend_schema_view(
    get=extend_schema(
        operation_id="need_list",
        parameters=api.list_parameters(KIND),
        responses=api.page_of(NeedRead, "NeedPage"),
    ),
    post=extend_schema(
        operation_id="need_create",
        parameters=[api.IDEMPOTENCY_KEY],
        request=NeedWrite,
        responses={200: NeedRead, 201: NeedRead},
    ),
)
class NeedCollection(NeedApi, api.ListingCollection):
    """需求列表与新建。"""


@extend_schema_view(get=extend_schema(operation_id="need_detail", responses=NeedRead))
class NeedItem(NeedApi, api.ListingItem):
    """一条需求。"""


@extend_schema_view(
    post=extend_schema(
        operation_id="need_submit", parameters=[api.IF_MATCH], request=api.Seen, responses=NeedRead
    )
)
class NeedSubmission(NeedApi, api.ListingSubmission):
    """提交审核。"""
