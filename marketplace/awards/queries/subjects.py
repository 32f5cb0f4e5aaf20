"""Results as subjects of publicity: who may object to them, and who answers."""

from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from marketplace.awards.models import Award, Entry, Result
from marketplace.awards.policies import oversees
from marketplace.awards.queries.results import RESULT_KIND
from marketplace.awards.rulebook import NAMES_ALL, NONE_RULE, RULE
from marketplace.kernel.actors import Actor
from marketplace.publicity.policies import SubjectKind, answers_by_default, register_subject
from marketplace.publicity.rulebook import Subject


def result_subject(result: Result) -> Subject:
    """A result as what its publicity is about; the purchaser publishes it."""
    return Subject(
        RESULT_KIND,
        result.pk,
        result.tender.owner_id,
        result.tender.title,
        reverse("awards:detail", args=[result.code]),
        is_sample=result.is_sample,
    )


def _found(keys: Iterable[int]) -> dict[int, Subject]:
    rows = Result.objects.filter(pk__in=list(keys)).select_related("tender")
    return {row.pk: result_subject(row) for row in rows}


def _against(org_id: int, publicity: Any) -> object:
    """Bidders of the lot object; to 招标 also whoever else is concerned (条例第五十四条、第六十条)."""
    result = Result.objects.select_related("tender").filter(pk=publicity.subject_id).first()
    if result is not None and result.tender.procedure in NAMES_ALL:
        return ""
    if Entry.objects.filter(result_id=publicity.subject_id, organization_id=org_id).exists():
        return ""
    return _("只有参加本标段的单位可以对结果提出异议")


def _publishes(user: Actor, publicity: Any) -> bool:
    """The service of results publishes, after it has asked who may; on the page of the publicity nobody does."""
    result = Result.objects.select_related("tender").filter(pk=publicity.subject_id).first()
    return result is not None and user.has_perm("awards.publish_lotresult", result)


def _cancels(user: Actor, publicity: Any) -> bool:
    """The authority alone while the candidate stands, or the rejection of all: else a purchaser could drop any by a word.

    Once the candidate is out, whoever took it out takes back what was said of it.
    """
    result = Result.objects.select_related("tender").filter(pk=publicity.subject_id).first()
    if result is None:
        return False
    if oversees(user, result):
        return True
    stands = Award.objects.filter(publicity_id=publicity.pk, ended_at__isnull=True).exists()
    stands = stands or (result.publicity_id == publicity.pk and result.ended_at is None)
    return not stands and user.has_perm("awards.remedy_lotresult", result)


register_subject(
    SubjectKind(
        RESULT_KIND,
        _("中标、中选或揭榜结果公示"),
        (RULE, NONE_RULE),
        _found,
        answers_by_default,
        _against,
        publishes=_publishes,
        cancels=_cancels,
    )
)
