"""A worker with a model that dies, hangs or eats memory when a text asks for it."""

import os
import resource
import signal
import time

import numpy as np

from search.model import worker


class Poisoned:
    """Gives the same vector for every other text."""

    def encode(self, text: str, is_query: bool) -> np.ndarray:
        if "崩溃" in text:
            os.kill(os.getpid(), signal.SIGABRT)
        if "卡死" in text:
            time.sleep(60)
        if "内存" in text:
            np.ones(worker.MEMORY, dtype=np.int8)
        return np.full(384, 384**-0.5, dtype=np.float32)


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_AS, (worker.MEMORY, worker.MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    worker.serve(Poisoned())
