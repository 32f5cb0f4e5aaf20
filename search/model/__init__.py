"""The sentence model in a process of its own: a text that crashes it does not affect the site.

    client  asks over a Unix socket          in web and Celery processes
    server  listens, queues, remembers       `python -m search.model`, one for each machine
    child   starts, watches, ends a worker   used by the server, and by commands with many texts
    worker  holds the model                  `python -m search.model.worker`

The package with the model is native code that trusts its input: a text that overruns its memory ends the
worker, which is started again. Nothing here imports Django.
"""
