"""Rebuilding any index as a job: `search` does the work, the job shows progress and can be cancelled."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from marketplace.journal import queries as journal
from marketplace.journal.jobs import advance, start_job
from marketplace.journal.models import Job
from marketplace.kernel.actors import Actor
from marketplace.kernel.errors import Forbidden, InvalidInput, Refused
from search import engine
from search.schema import all_specs

#: The names are stored with each job, so they stay what they were when the first job was made.
REBUILD, DISCARD = "listings.rebuild", "listings.discard"
CHOOSE = _("请选择一项")


@transaction.atomic
def start_rebuild(name: str, *, actor: Actor) -> Job:
    """重建一类信息的搜索索引；旧索引在此期间照常使用。

    A rebuild of the same index that waits or runs is returned instead of a second one. Raises
    Forbidden for anybody but operators, InvalidInput for an index that does not exist.
    """
    if not actor.has_perm("indexing.rebuild_index"):
        raise Forbidden
    if not _exists(name):
        raise InvalidInput({"index": [CHOOSE]})
    running = journal.open_jobs(REBUILD).filter(payload={"index": name}).first()
    return running or start_job(REBUILD, actor=actor, payload={"index": name})


def run_rebuild(job: Job) -> dict[str, Any]:
    """Build an index anew, with progress; the one in use stays when it is cancelled."""

    def progress(done: int, total: int | None) -> None:
        advance(job, done, total if total is not None else max(done, job.total))

    name = str(job.payload["index"])
    if not _exists(name):
        raise Refused(_("这个索引已不存在"))
    return {"rows": engine.rebuild(name, progress)}


def discard_rebuild(job: Job) -> None:
    """取消重建后，安排清除建了一半的索引。"""
    if job.takes:
        start_job(DISCARD, actor=None, payload={"index": job.payload["index"]})


def run_discard(job: Job) -> dict[str, Any]:
    """Remove what a cancelled rebuild has left, when the index can be reached."""
    name = str(job.payload["index"])
    if _exists(name):
        engine.discard(name)
    return {}


def _exists(name: str) -> bool:
    return name in {spec.name for spec in all_specs()}
