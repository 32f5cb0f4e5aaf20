"""The Elasticsearch backend: the same tokens, the same plans, on a cluster."""

from pathlib import Path

from search import configuration
from search.backends.elasticsearch.backend import ElasticsearchBackend


def opened(url: str, root: Path) -> ElasticsearchBackend:
    """The backend on the cluster that `url` names, with the shards and copies of the settings."""
    return ElasticsearchBackend(
        url, root, shards=configuration.shards(), replicas=configuration.replicas()
    )


__all__ = ["ElasticsearchBackend", "opened"]
