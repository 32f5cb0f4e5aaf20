"""The search engine: schema, analysis, queries, backends. It contains no noun of the market."""

import os

# numpy reads this once, when it is first imported. With its own threads, one multiplication of all vectors
# takes four times longer on a busy machine, and is hardly faster on an idle one.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
