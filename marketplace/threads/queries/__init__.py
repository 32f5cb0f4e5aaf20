"""What belongs to one undertaking, as one reader may see it. Threads have no table of their own."""

from marketplace.threads.queries.pieces import Fact, Piece, Stage, Thread
from marketplace.threads.queries.whole import thread_of

__all__ = ["Fact", "Piece", "Stage", "Thread", "thread_of"]
