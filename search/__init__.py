"""The search engine: schema, analysis, queries, backends. It knows no business noun."""

import os

# numpy reads this once, when it is first imported. Its own threads make one look through the vectors
# four times slower on a machine whose cores are busy, and hardly faster on an idle one.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
