"""The pool of connections after PostgreSQL was restarted: no visitor meets a dead one."""

from django.db import connection

import psycopg
import pytest

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.postgres,
    pytest.mark.skipif(
        connection.vendor != "postgresql", reason="needs PostgreSQL (its sessions are ended)"
    ),
]


def end_all_sessions() -> int:
    """What a restart does to the connections that lie in the pool; how many there were."""
    given = connection.get_connection_params()
    kept = {name: given[name] for name in ("host", "port", "user", "dbname")}
    with psycopg.connect(**kept, password=given.get("password")) as other:
        ended = other.execute(
            "SELECT count(pg_terminate_backend(pid, 5000)) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        ).fetchone()
    return ended[0]


def test_a_connection_that_died_in_the_pool_is_lent_to_nobody(client):
    assert client.get("/health/ready/").status_code == 200
    connection.close()
    assert end_all_sessions() >= 1
    answer = client.get("/health/ready/")
    assert (answer.status_code, answer.json()["status"]) == (200, "ok")
