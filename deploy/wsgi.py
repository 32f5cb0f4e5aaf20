"""The WSGI application that gunicorn serves."""

import os

from django.core.wsgi import get_wsgi_application

from search.analysis import warm_up

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "deploy.settings.production")
application = get_wsgi_application()
# Half a second that the first visitor who searches would otherwise wait.
warm_up()
