"""Celery's way into matching, and the runners of its long work."""

from django.utils.translation import gettext_lazy as _

from celery import shared_task

from marketplace.journal.jobs import BACKGROUND, LAST, job
from marketplace.matching import services

job(services.READ, _("准备文本以便比对"), urgency=BACKGROUND)(services.run_reading)
job(services.REFRESH, _("更新匹配"), urgency=BACKGROUND)(services.run_refresh)
job(services.EMBED, _("计算语义向量"), urgency=LAST)(services.run_embedding)


@shared_task(name="matching.read", ignore_result=True)
def read() -> None:
    """Have done what was not yet: after an upgrade, after a lost race."""
    services.start_reading()
    services.start_rescoring()
    services.start_embedding()
