"""What an entry or a handler's work can be traced to: the request, and the entry being delivered."""

from contextvars import ContextVar

#: The id of the request that is being served.
request_id: ContextVar[str] = ContextVar("request_id", default="")

#: The entry whose delivery is being handled, None outside a handler and in a batch of several: what
#: a handler makes can carry it, so that a repeated delivery makes nothing twice.
entry_id: ContextVar[int | None] = ContextVar("entry_id", default=None)
