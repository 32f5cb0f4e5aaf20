"""Writes of an import: the batch, its check, its rows in steps, its submission as one."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from marketplace.achievements import events, queries
from marketplace.achievements.models import Achievement, ImportBatch
from marketplace.achievements.workflow import BATCH, BatchStatus
from marketplace.journal.jobs import start_job
from marketplace.journal.models import Job
from marketplace.journal.services import publish
from marketplace.kernel import clock
from marketplace.kernel.actors import Actor
from marketplace.kernel.errors import Forbidden, InvalidInput, Refused
from marketplace.listings.workflow import State
from marketplace.parties.models import Organization
from marketplace.parties.policies import access_of

#: Rows of one step: one transaction, one event.
STEP = 500
#: Problems that a page shows; all of them stand in the result file.
MOST_SHOWN = 100
ALL, VALID = "all", "valid"
CHECK, IMPORT = "achievements.check", "achievements.import"


@transaction.atomic
def start_import(
    *, owner: Organization, actor: Actor, file_name: str, file_path: str
) -> ImportBatch:
    """上传一张成果表，先检查、不写入。

    Raises Forbidden for people who don't work for `owner`, Refused while it is not verified.
    """
    if not actor.has_perm("achievements.import_achievement", owner):
        raise Forbidden(_("只有本单位成员可以为本单位导入成果"))
    if not owner.is_verified:
        raise Refused(_("单位尚未通过认证，认证后才能提交或发布"))
    batch = ImportBatch.objects.create(
        owner=owner, actor_id=actor.pk, file_name=file_name[:120], file_path=file_path
    )
    publish(events.ImportStarted(subject_id=batch.pk), actor=actor)
    return _with_job(batch, CHECK, actor)


def _with_job(batch: ImportBatch, kind: str, actor: Actor, **payload: Any) -> ImportBatch:
    orgs = [batch.owner_id] if access_of(actor).in_org(batch.owner_id) else []
    payload |= {"batch": batch.pk, "orgs": orgs}
    batch.job = start_job(kind, actor=actor, payload=payload)
    return saved(batch, "job")


def saved(batch: ImportBatch, *columns: str) -> ImportBatch:
    """The batch after these columns were written, with the time of the change."""
    batch.updated_at = clock.now()
    batch.save(update_fields=[*columns, "updated_at"])
    return batch


def locked(batch: ImportBatch) -> ImportBatch:
    """The batch as it is now, locked until the transaction ends."""
    return ImportBatch.objects.select_for_update().get(pk=batch.pk)


@transaction.atomic
def record_check(
    batch: ImportBatch,
    *,
    counts: Mapping[str, Any],
    problems: Sequence[Mapping[str, Any]],
    result_path: str,
) -> ImportBatch:
    """写下检查结果，等待确认；检查已经结束或取消的，不再改动。"""
    batch = locked(batch)
    if batch.status != BatchStatus.CHECKING:
        return batch
    BATCH.fire("check", batch, None, because=batch.job)
    batch.counts = dict(counts)
    batch.problems = [dict(problem) for problem in problems[:MOST_SHOWN]]
    batch.result_path = result_path
    return saved(batch, "status", "counts", "problems", "result_path")


@transaction.atomic
def fail_import(batch: ImportBatch, reason: object) -> ImportBatch:
    """整个文件无法导入，写下原因；已经结束或取消的，不再改动。"""
    batch = locked(batch)
    if batch.status not in BATCH.transitions["fail"].sources:
        return batch
    BATCH.fire("fail", batch, None, because=batch.job)
    batch.error = str(reason)[:300]
    publish(events.ImportFailed(subject_id=batch.pk), actor=batch.actor)
    return saved(batch, "status", "error")


@transaction.atomic
def cancel_import(job: Job) -> None:
    """取消检查或导入：已经导入的行照常提交审核，一行也没有时整批作废。"""
    batch = queries.batch_by_id(job.payload["batch"])
    if batch is None or batch.job_id != job.pk:
        return
    if batch.status == BatchStatus.IMPORTING and queries.waiting_in(batch).exists():
        batch = submit_import(batch)
        batch.error = str(_("导入中途取消，其余的行没有导入"))
        saved(batch, "error")
    elif batch.status in {BatchStatus.CHECKING, BatchStatus.IMPORTING}:
        fail_import(batch, _("已取消"))


@transaction.atomic
def confirm_import(batch: ImportBatch, *, actor: Actor, mode: str) -> ImportBatch:
    """确认导入：`mode` "all" 要求没有错误行，"valid" 只导入没有错误的行。

    Raises Forbidden, Refused (already confirmed, errors in mode "all", nothing to import).
    """
    batch = locked(batch)
    BATCH.fire("confirm", batch, actor)
    if mode not in {ALL, VALID}:
        raise InvalidInput({"mode": [_("请选择导入方式")]})
    if mode == ALL and batch.counts.get("bad"):
        raise Refused(_("还有错误的行；请改正后重新上传，或选择只导入没有错误的行"))
    batch.mode = mode
    publish(events.ImportConfirmed(subject_id=batch.pk, mode=mode), actor=actor)
    saved(batch, "status", "mode")
    # The check has read the sheet: what it made of it is good for the import too.
    table = batch.job.result.get("table", "") if batch.job else ""
    return _with_job(batch, IMPORT, actor, table=table)


@transaction.atomic
def import_rows(batch: ImportBatch, drafts: Iterable[Any]) -> list[int]:
    """Make achievements in review from good rows (at most STEP), in one transaction with one event.

    A draft has `values`, `rows` and `key`; one whose key the owner already has is passed over, so
    that a repeated step makes nothing twice. Returns the keys of the new rows.
    """
    drafts = list(drafts)
    # The owner's row is the lock: two imports of one organisation wait for each other here.
    Organization.objects.select_for_update().get(pk=batch.owner_id)
    known = queries.known_keys(batch.owner_id, [draft.key for draft in drafts])
    fresh = list({draft.key: draft for draft in drafts if draft.key not in known}.values())
    now = clock.now()
    made = Achievement.objects.bulk_create(
        Achievement(
            **draft.values,
            owner_id=batch.owner_id,
            author_id=batch.actor_id,
            import_batch=batch,
            source_key=draft.key,
            status=State.IN_REVIEW,
            submitted_at=now,
        )
        for draft in fresh
    )
    for achievement, draft in zip(made, fresh, strict=True):
        for related, items in draft.rows.items():
            _add_rows(achievement, related, items)
    ids = [achievement.pk for achievement in made]
    if ids:
        publish(events.AchievementsImported(subject_id=batch.pk, ids=ids), actor=batch.actor)
    return ids


def _add_rows(achievement: Achievement, related: str, items: Sequence[Mapping[str, Any]]) -> None:
    if items:
        model = getattr(achievement, related).model
        model.objects.bulk_create(
            model(achievement=achievement, position=place, **item)
            for place, item in enumerate(items)
        )


@transaction.atomic
def submit_import(batch: ImportBatch) -> ImportBatch:
    """整批提交审核；一条也没有时直接结束。"""
    batch = locked(batch)
    if batch.status != BatchStatus.IMPORTING:
        return batch
    count = queries.waiting_in(batch).count()
    BATCH.fire("submit" if count else "close", batch, None, because=batch.job)
    batch.submitted_at = clock.now()
    batch.counts = {**batch.counts, "imported": count}
    publish(events.ImportSubmitted(subject_id=batch.pk, count=count), actor=batch.actor)
    return saved(batch, "status", "submitted_at", "counts")
