"""The runners of the jobs that rebuild an index and remove what a cancelled rebuild has left."""

from django.utils.translation import gettext_lazy as _

from marketplace.indexing import services
from marketplace.journal.jobs import BACKGROUND, job

job(services.REBUILD, _("重建搜索索引"), on_cancel=services.discard_rebuild)(services.run_rebuild)
job(services.DISCARD, _("清除未建成的索引"), urgency=BACKGROUND)(services.run_discard)
