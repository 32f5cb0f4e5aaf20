"""`/health/metrics/`: what an operator watches, in the text format of Prometheus.

For whoever knows METRICS_TOKEN (`Authorization: Bearer …`); without that setting there is no such
page. Nothing confidential is in it: numbers only.
"""

import secrets
from collections.abc import Iterator

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest
from prometheus_client.registry import Collector

from deploy.beat import LEASE
from marketplace.files import queries as files
from marketplace.files import storage
from marketplace.journal import queries as journal
from marketplace.journal import tallies


class SiteCollector(Collector):
    """Reads each number from the database when it is asked: no process has a share of its own."""

    def collect(self) -> Iterator[Metric]:
        """Every metric of the site."""
        counts = journal.counts()
        yield GaugeMetricFamily(
            "outbox_oldest_seconds",
            "Age of the oldest fact that a handler has not taken in yet",
            value=journal.oldest_pending_seconds(),
        )
        yield GaugeMetricFamily(
            "outbox_overdue_seconds",
            "How late the worker is with what it could deliver",
            value=journal.overdue_seconds(),
        )
        yield GaugeMetricFamily("outbox_pending", "Deliveries that wait", value=counts["pending"])
        yield GaugeMetricFamily("outbox_dead", "Deliveries given up", value=counts["dead"])
        yield GaugeMetricFamily(
            "rows_unreadable", "Rows that cannot be read", value=journal.unreadable().count()
        )
        yield GaugeMetricFamily("jobs_open", "Jobs that wait or run", value=counts["jobs"])
        left = journal.lease_left(LEASE)
        yield GaugeMetricFamily(
            "beat_alive", "Whether a beat holds the lease", value=int(left is not None and left > 0)
        )
        yield GaugeMetricFamily(
            "files_unscanned", "Attachments that wait for the scan", value=files.unscanned()
        )
        room = storage.room()
        yield GaugeMetricFamily("disk_free_bytes", "Room left for files", value=room.free)
        yield GaugeMetricFamily("disk_size_bytes", "Size of the files' disk", value=room.total)
        yield CounterMetricFamily(
            "leak_prevented",
            "Search hits that the visibility rules kept from a page",
            value=tallies.total(tallies.LEAK_PREVENTED),
        )


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """The metrics; 404 for whoever does not know the token."""
    given = request.headers.get("Authorization", "")
    expected = f"Bearer {settings.METRICS_TOKEN}"
    if not settings.METRICS_TOKEN or not secrets.compare_digest(given.encode(), expected.encode()):
        raise Http404
    registry = CollectorRegistry()
    registry.register(SiteCollector())
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_PLAIN_0_0_4)
