"""Celery tasks of matching, and the runners of its jobs."""

from django.utils.translation import gettext_lazy as _

from celery import shared_task

from marketplace.journal.jobs import BACKGROUND, LAST, job
from marketplace.matching import services

job(services.READ, _("准备文本以便比对"), urgency=BACKGROUND)(services.run_reading)
job(services.REFRESH, _("更新匹配"), urgency=BACKGROUND)(services.run_refresh)
job(services.EMBED, _("计算语义向量"), urgency=LAST)(services.run_embedding)


@shared_task(name="matching.read", ignore_result=True)
def read() -> None:
    """Start the jobs for listings without reading, score or vector, as after an upgrade."""
    services.start_reading()
    services.start_rescoring()
    services.start_embedding()
