"""The counts of what costs, where production keeps them."""

from django.core.cache.backends.redis import RedisCache

import pytest

from marketplace.kernel.errors import TooMany
from marketplace.web import costs
from tests.services import BROKER_URL


@pytest.mark.skipif(not BROKER_URL.startswith("redis"), reason="no Redis: `make test-services`")
def test_redis_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    real = RedisCache(BROKER_URL.rpartition("/")[0] + "/15", {})
    real.clear()
    monkeypatch.setattr(costs, "caches", {"counters": real})
    costs.spend("search", "visitor:a", "1/1m")
    with pytest.raises(TooMany):
        costs.spend("search", "visitor:a", "1/1m")
