"""Context variables: the current request, and the entry that is being delivered."""

from contextvars import ContextVar

#: The id of the current request; "" outside a request.
request_id: ContextVar[str] = ContextVar("request_id", default="")

#: The id of the entry that is being delivered; None outside a handler and in a batch of several. A
#: handler can store it with the rows that it creates, so that a repeated delivery creates no duplicates.
entry_id: ContextVar[int | None] = ContextVar("entry_id", default=None)
