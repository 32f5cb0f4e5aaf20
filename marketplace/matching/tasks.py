"""Celery's way into matching, and the runners of its long work."""

from django.utils.translation import gettext_lazy as _

from celery import shared_task

from marketplace.journal.jobs import job
from marketplace.matching import services

job(services.REFRESH, _("更新匹配"))(services.run_refresh)
job(services.EMBED, _("计算语义向量"))(services.run_embedding)
job(services.READ, _("准备文本以便比对"))(services.run_reading)


@shared_task(name="matching.read", ignore_result=True)
def read() -> None:
    """Have the listings read that nobody has read yet: after an upgrade, after a lost race."""
    services.start_reading()
