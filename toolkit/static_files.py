"""How static files are stored on a server."""

from django.contrib.staticfiles.storage import staticfiles_storage
from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedModulesStorage(CompressedManifestStaticFilesStorage):
    """Names with a hash, also inside the imports of JavaScript modules.

    Without the flag a module would import `./once.js`, which browsers keep without asking again, so
    that a new release would run with an old module. Django rewrites imports that end in a
    semicolon and stand on their own: `import * as once from "./once.js";`.
    """

    support_js_module_import_aggregation = True


def build() -> str:
    """Another word for each set of static files; "" where their names have no hash."""
    return str(getattr(staticfiles_storage, "manifest_hash", ""))
