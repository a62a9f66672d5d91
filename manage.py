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
        _ = (
            settings.INSTALLED_APPS
        )  # read here, so that a bad value is one sentence and not a traceback
    except ImproperlyConfigured as error:
        sys.exit(str(error))
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
