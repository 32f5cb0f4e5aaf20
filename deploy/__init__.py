"""The composition root. Importing any settings makes the Celery application the current one.

Otherwise a web process or a command would send its wake-ups to Celery's default broker.
"""

from deploy.celery import app

__all__ = ["app"]
