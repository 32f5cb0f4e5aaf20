"""Real servers for tests and for trying production out: PostgreSQL, Redis, Elasticsearch.

Each runs in a folder of its own on a free loopback port and is stopped again. Standard library only.
"""

from deploy.services.servers import (
    Elasticsearch,
    Missing,
    PostgreSQL,
    Redis,
    Server,
    environment,
    postgresql_binaries,
    started,
)

__all__ = [
    "Elasticsearch",
    "Missing",
    "PostgreSQL",
    "Redis",
    "Server",
    "environment",
    "postgresql_binaries",
    "started",
]
