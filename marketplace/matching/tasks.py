"""The runners of matching's long work."""

from django.utils.translation import gettext_lazy as _

from marketplace.journal.jobs import job
from marketplace.matching import services

job(services.REFRESH, _("更新匹配"))(services.run_refresh)
job(services.EMBED, _("计算语义向量"))(services.run_embedding)
