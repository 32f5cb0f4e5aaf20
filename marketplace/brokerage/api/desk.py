"""A broker's desk over REST: own tasks and followed enquiries."""

from typing import Any

from django.http import Http404

from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import serializers, status
from rest_framework.exceptions import NotFound
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from marketplace.brokerage import queries
from marketplace.brokerage.api.paging import entered_broker, page_of
from marketplace.brokerage.models import BrokerTask, Pursuit, Stage
from marketplace.brokerage.services import desk
from marketplace.enquiries.queries import owner_named
from marketplace.journal.once import once
from marketplace.kernel.codes import is_valid_code
from marketplace.web.rest import MOST_PAGES, once_ticket, read_choice, read_number, read_parameters
from marketplace.web.rest_parts import KEY, PAGE_PARAMETER
from marketplace.web.serializers import DayField


class TaskRead(serializers.Serializer[Any]):
    """Something that a broker noted to do by a day."""

    code = serializers.CharField()
    title = serializers.CharField()
    due_on = serializers.DateField()
    enquiry = serializers.CharField(source="enquiry.code", allow_null=True, default=None)
    done_at = serializers.DateTimeField(allow_null=True)


class TaskPage(serializers.Serializer[Any]):
    """One page of tasks."""

    count = serializers.IntegerField()
    results = TaskRead(many=True)


class TaskWrite(serializers.Serializer[Any]):
    """A task that is noted."""

    title = serializers.CharField(max_length=desk.MAX_TITLE)
    due_on = DayField()


class TaskMark(serializers.Serializer[Any]):
    """Whether the task is done."""

    done = serializers.BooleanField()


class PursuitRead(serializers.Serializer[Any]):
    """An enquiry that the broker follows. `owner` is null where its name is not to be known."""

    enquiry = serializers.CharField(source="enquiry.code")
    stage = serializers.CharField()
    since = serializers.DateTimeField()
    listing = serializers.CharField(source="enquiry.listing_title")
    asker = serializers.SerializerMethodField()
    owner = serializers.SerializerMethodField()

    @extend_schema_field(serializers.CharField(allow_null=True))
    def get_asker(self, row: Pursuit) -> str | None:
        """The name of the asking organisation; null for a visitor."""
        return row.enquiry.asker.name if row.enquiry.asker is not None else None

    @extend_schema_field(serializers.CharField(allow_null=True))
    def get_owner(self, row: Pursuit) -> str | None:
        """The name of the owner, where the caller may know it."""
        enquiry = row.enquiry
        hidden = enquiry.owner_is_hidden and not owner_named(self.context["actor"], enquiry)
        return None if hidden else enquiry.owner.name


class PursuitPage(serializers.Serializer[Any]):
    """One page of followed enquiries."""

    count = serializers.IntegerField()
    results = PursuitRead(many=True)


class OwnTasks(APIView):
    """技术经纪人本人的待办。"""

    permission_classes = (IsAuthenticated,)
    #: The schema names 422: the key was used before with another body.
    once = True

    @extend_schema(operation_id="task_list", parameters=[PAGE_PARAMETER], responses=TaskPage)
    def get(self, request: Request) -> Response:
        """The caller's open tasks; the first due first."""
        return page_of(request, queries.tasks_of(entered_broker(request.user).pk), TaskRead)

    @extend_schema(
        operation_id="task_add",
        parameters=[KEY],
        request=TaskWrite,
        responses={200: TaskRead, 201: TaskRead},
    )
    def post(self, request: Request) -> Response:
        """Note something to do by a day."""
        broker = entered_broker(request.user)
        sent = TaskWrite(data=request.data)
        sent.is_valid(raise_exception=True)
        made = once(
            once_ticket(request),
            lambda: desk.add_task(broker, actor=request.user, **sent.validated_data),
            actor=request.user,
        )
        code = status.HTTP_201_CREATED if made.is_new else status.HTTP_200_OK
        return Response(TaskRead(_task(broker.pk, made.code)).data, status=code)


class OwnTask(APIView):
    """一项待办。"""

    permission_classes = (IsAuthenticated,)

    @extend_schema(operation_id="task_mark", request=TaskMark, responses=TaskRead)
    def post(self, request: Request, code: str) -> Response:
        """Mark a task as done or as open again; said twice it is said once."""
        task = _task(entered_broker(request.user).pk, code)
        sent = TaskMark(data=request.data)
        sent.is_valid(raise_exception=True)
        desk.mark_task(task, done=sent.validated_data["done"], actor=request.user)
        return Response(TaskRead(task).data)


def _task(broker_id: int, code: str) -> BrokerTask:
    task = queries.task_of(broker_id, code) if is_valid_code(code) else None
    if task is None:
        raise Http404
    return task


class OwnPipeline(APIView):
    """技术经纪人跟进的洽谈。"""

    permission_classes = (IsAuthenticated,)

    @extend_schema(
        operation_id="pipeline_list",
        parameters=[
            PAGE_PARAMETER,
            OpenApiParameter("stage", str, enum=list(Stage.values), description="只看这一阶段"),
        ],
        responses=PursuitPage,
    )
    def get(self, request: Request) -> Response:
        """The enquiries that the caller follows; the one that moved last first."""
        broker = entered_broker(request.user)
        asked = read_parameters(request, "page", "stage")
        number = read_number(asked, "page", most=MOST_PAGES, default=1)
        pages = queries.PagedPipeline(broker.pk, read_choice(asked, "stage", Stage.values))
        count, start = pages.count(), (number - 1) * 20
        if start and start >= count:
            raise NotFound
        body = PursuitRead(
            pages[start : start + 20], many=True, context={"actor": request.user}
        ).data
        return Response({"count": count, "results": body})
