"""Work that the site does by the clock. `manage.py run_jobs` runs what is due.

An app registers its jobs in its `AppConfig.ready`; the table of `models.py` says when each ran.
"""
