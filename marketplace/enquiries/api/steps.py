"""Steps, notes, and whether the two got in touch, over REST."""

from django.utils.translation import gettext_lazy as _

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from marketplace.enquiries import queries, services
from marketplace.enquiries.api.common import WRITE, enquiry_of, made_status, one_page
from marketplace.enquiries.models import Step
from marketplace.enquiries.serializers import (
    MetRead,
    MetWrite,
    NoteRead,
    NoteWrite,
    RevWrite,
    StepEditWrite,
    StepRead,
    StepWrite,
)
from marketplace.journal.once import once
from marketplace.kernel.errors import InvalidInput, Stale
from marketplace.kernel.unreadable import readable
from marketplace.web.rest import once_ticket, read_parameters, seen_rev, stale_problem, tagged
from marketplace.web.rest_parts import KEY, MATCH, PAGE_PARAMETER
from marketplace.web.throttle import check as spend
from marketplace.web.views import fetch

EDIT = "enquiries.edit_step"
#: Questions of one enquiry that are given.
MOST = 50


def _step_of(request: Request, code: str, action: str | None = None) -> Step:
    rows = queries.steps_visible_to(request.user)
    return fetch(rows, code, actor=request.user, view="enquiries.view_step", action=action)


def _shown(request: Request, code: str, answer: int = status.HTTP_200_OK) -> Response:
    step = _step_of(request, code)
    return tagged(StepRead(step, context={"request": request}).data, step.rev, status=answer)


def _stale(request: Request, error: Stale, code: str) -> Response:
    present = _step_of(request, code)
    body = StepRead(present, context={"request": request}).data
    return stale_problem(request, error, body, present.rev)


class StepCollection(APIView):
    """一条咨询的下一步事项。"""

    permission_classes = (IsAuthenticated,)
    once = True

    @extend_schema(
        operation_id="step_list", parameters=[PAGE_PARAMETER], responses=StepRead(many=True)
    )
    def get(self, request: Request, code: str) -> Response:
        """Open steps first, by day; 20 rows."""
        asked = read_parameters(request, "page")
        rows = queries.steps_of(enquiry_of(request, code)).select_related("enquiry")
        return one_page(request, asked, rows, StepRead)

    @extend_schema(
        operation_id="step_add",
        parameters=[KEY],
        request=StepWrite,
        responses={200: StepRead, 201: StepRead},
    )
    def post(self, request: Request, code: str) -> Response:
        """Write down what a side does next, by a day."""
        enquiry = enquiry_of(request, code, WRITE)
        sent = StepWrite(data=request.data)
        sent.is_valid(raise_exception=True)
        spend(request, "enquiries-write", per_user="120/h")
        made = once(
            once_ticket(request),
            lambda: services.add_step(enquiry, actor=request.user, **sent.validated_data),
            actor=request.user,
        )
        return _shown(request, made.code, made_status(made.is_new))


class StepItem(APIView):
    """一项下一步。"""

    permission_classes = (IsAuthenticated,)

    @extend_schema(operation_id="step_detail", responses=StepRead)
    def get(self, request: Request, code: str) -> Response:
        """One step."""
        read_parameters(request)
        return _shown(request, code)


class StepDone(APIView):
    """把一项下一步标为完成。"""

    permission_classes = (IsAuthenticated,)
    conditional = True

    @extend_schema(
        operation_id="step_done", parameters=[MATCH], request=RevWrite, responses=StepRead
    )
    def post(self, request: Request, code: str) -> Response:
        """Mark the step that was seen as done."""
        step = _step_of(request, code, EDIT)
        rev = seen_rev(request)
        try:
            services.finish_step(step, actor=request.user, rev=rev)
        except Stale as error:
            return _stale(request, error, code)
        return _shown(request, code)


class StepEdit(APIView):
    """修改一项下一步。"""

    permission_classes = (IsAuthenticated,)
    conditional = True

    @extend_schema(
        operation_id="step_edit", parameters=[MATCH], request=StepEditWrite, responses=StepRead
    )
    def post(self, request: Request, code: str) -> Response:
        """Change the open step that was seen."""
        step = _step_of(request, code, EDIT)
        rev = seen_rev(request)
        sent = StepEditWrite(data=request.data)
        sent.is_valid(raise_exception=True)
        values = {name: value for name, value in sent.validated_data.items() if name != "rev"}
        try:
            services.edit_step(step, actor=request.user, rev=rev, **values)
        except Stale as error:
            return _stale(request, error, code)
        return _shown(request, code)


class StepRemove(APIView):
    """删除一项下一步。"""

    permission_classes = (IsAuthenticated,)
    conditional = True

    @extend_schema(
        operation_id="step_remove", parameters=[MATCH], request=RevWrite, responses={204: None}
    )
    def post(self, request: Request, code: str) -> Response:
        """Take out the open step that was seen."""
        step = _step_of(request, code, EDIT)
        rev = seen_rev(request)
        try:
            services.remove_step(step, actor=request.user, rev=rev)
        except Stale as error:
            return _stale(request, error, code)
        return Response(status=status.HTTP_204_NO_CONTENT)


class MetCollection(APIView):
    """对方是否联系上了。"""

    permission_classes = (IsAuthenticated,)

    @extend_schema(operation_id="met_list", responses=MetRead(many=True))
    def get(self, request: Request, code: str) -> Response:
        """The questions that both sides were asked, newest first, at most 50."""
        read_parameters(request)
        rows = queries.met_questions_of(enquiry_of(request, code))
        return Response(MetRead(readable(rows[:MOST]), many=True).data)

    @extend_schema(operation_id="met_answer", request=MetWrite, responses=MetRead)
    def post(self, request: Request, code: str) -> Response:
        """Say whether the other side got in touch. Said again, the last answer counts."""
        enquiry = enquiry_of(request, code, WRITE)
        sent = MetWrite(data=request.data)
        sent.is_valid(raise_exception=True)
        values = sent.validated_data
        question = queries.met_questions_of(enquiry).filter(pk=values["id"]).first()
        if question is None:
            raise InvalidInput({"id": [_("没有这次询问，或者还没有到询问的日期")]})
        done = services.answer_met(
            question, answer=values["answer"], side=values["side"], actor=request.user
        )
        return Response(MetRead(done).data)


class NoteCollection(APIView):
    """一条咨询的会面纪要。"""

    permission_classes = (IsAuthenticated,)
    once = True

    @extend_schema(
        operation_id="note_list", parameters=[PAGE_PARAMETER], responses=NoteRead(many=True)
    )
    def get(self, request: Request, code: str) -> Response:
        """Notes of the own side and those that the other has shared, newest first; 20 rows."""
        asked = read_parameters(request, "page")
        rows = queries.notes_for(request.user, enquiry_of(request, code))
        return one_page(request, asked, rows, NoteRead)

    @extend_schema(
        operation_id="note_add",
        parameters=[KEY],
        request=NoteWrite,
        responses={200: NoteRead, 201: NoteRead},
    )
    def post(self, request: Request, code: str) -> Response:
        """Write down what was said at a meeting."""
        enquiry = enquiry_of(request, code, WRITE)
        sent = NoteWrite(data=request.data)
        sent.is_valid(raise_exception=True)
        spend(request, "enquiries-write", per_user="120/h")
        made = once(
            once_ticket(request),
            lambda: services.add_note(enquiry, actor=request.user, **sent.validated_data),
            actor=request.user,
            code=lambda note: str(note.pk),
        )
        note = queries.notes_for(request.user, enquiry).get(pk=made.code)
        body = NoteRead(note, context={"request": request}).data
        return Response(body, status=made_status(made.is_new))
