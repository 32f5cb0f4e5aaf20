"""The workbench's own pages."""

from marketplace.workbench.views.jobs import job_cancel, job_result, job_show
from marketplace.workbench.views.operations import (
    deliveries_retry,
    index_rebuild,
    job_list,
    operations,
)
from marketplace.workbench.views.pages import home, review_queue

__all__ = [
    "deliveries_retry",
    "home",
    "index_rebuild",
    "job_cancel",
    "job_list",
    "job_result",
    "job_show",
    "operations",
    "review_queue",
]
