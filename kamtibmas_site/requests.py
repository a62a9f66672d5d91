"""The request that every view gets."""

from typing import Any

from django.core.handlers.wsgi import WSGIRequest


class Request(WSGIRequest):
    """Django's own, but for two headers that Django cannot read in every request.

    Such as a Content-Type whose charset is a codec and not one of texts. A bad one counts as none,
    so that there is a request, and with it a page that answers.
    """

    def __init__(self, environ: dict[str, Any]) -> None:
        if not str(environ.get("CONTENT_LENGTH") or 0).isdecimal():
            environ = {**environ, "CONTENT_LENGTH": "0"}
        super().__init__(environ)

    def _set_content_type_params(self, meta: Any) -> None:
        try:
            super()._set_content_type_params(meta)  # type: ignore[misc]
        except (LookupError, ValueError):
            self._encoding = None
            self.content_type, self.content_params = "", {}
