#!/usr/bin/env python
"""Django's command line for this site. It needs DATABASE_URL; `make manage` brings its own."""

import os
import sys

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kamtibmas_site.settings")
    try:
        # Read here, so that a bad value is reported in one sentence and not as a traceback.
        _ = settings.INSTALLED_APPS
    except ImproperlyConfigured as error:
        sys.exit(str(error))
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
