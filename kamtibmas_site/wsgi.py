"""The WSGI application that the web server loads."""

import os
import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.wsgi import get_wsgi_application

from toolkit.database.roles import warn_of_excess
from toolkit.serving.requests import Request
from toolkit.startup import prove_start

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kamtibmas_site.settings")
try:
    application = get_wsgi_application()
    warn_of_excess()
    prove_start()  # closes the connection
except ImproperlyConfigured as error:
    sys.exit(str(error))
application.request_class = Request
