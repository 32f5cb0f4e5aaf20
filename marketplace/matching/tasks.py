"""The runners of matching's long work."""

from marketplace.journal.jobs import job
from marketplace.matching import services

job(services.REFRESH)(services.run_refresh)
job(services.EMBED)(services.run_embedding)
