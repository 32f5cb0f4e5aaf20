"""The runner of a rebuild."""

from django.utils.translation import gettext_lazy as _

from marketplace.journal.jobs import job
from marketplace.listings import services

job(services.REBUILD, _("重建搜索索引"))(services.run_rebuild)
