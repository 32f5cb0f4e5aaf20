"""The workbench's own pages."""

from marketplace.workbench.views.operations import (
    deliveries_retry,
    index_rebuild,
    job_cancel,
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
    "operations",
    "review_queue",
]
