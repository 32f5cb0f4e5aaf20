"""The id of the request that is being served, so that an entry can be traced to it."""

from contextvars import ContextVar

request_id: ContextVar[str] = ContextVar("request_id", default="")
