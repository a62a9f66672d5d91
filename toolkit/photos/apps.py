from datetime import timedelta

from django.apps import AppConfig

from toolkit.jobs.registry import Job, jobs


class PhotosConfig(AppConfig):
    name = "toolkit.photos"

    def ready(self) -> None:
        from toolkit.photos.files import delete_orphans, sweep_incoming

        jobs.add(Job("sweep_photos", timedelta(hours=1), sweep_incoming))
        jobs.add(Job("delete_orphan_photos", timedelta(days=1), delete_orphans))
