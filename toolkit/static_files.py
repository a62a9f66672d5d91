"""How static files are stored on a server."""

import re
from collections.abc import Callable

from whitenoise.storage import CompressedManifestStaticFilesStorage

LEFT_OUT = r"(?m)^[ \t]*(//.*\n)?"
SHORTER = ("*.js", ((LEFT_OUT, ""),))


class HashedModulesStorage(CompressedManifestStaticFilesStorage):
    """Names with a hash, also inside the imports of JavaScript modules.

    Without the flag a module would import `./once.js`, which browsers keep without asking again, so
    that a new release would run with an old module. Django rewrites imports that end in a
    semicolon and stand on their own: `import * as once from "./once.js";`.

    Modules of ours lose their indentation and the lines that are comments, a quarter of what a
    phone would load. So no text of theirs may span lines.
    """

    support_js_module_import_aggregation = True
    patterns = (*CompressedManifestStaticFilesStorage.patterns, SHORTER)

    def url_converter(
        self, name: str, hashed_files: dict[str, str], template: str | None = None
    ) -> Callable[[re.Match[str]], str]:
        if template == "":
            return lambda found: "" if name.startswith("js/") else found[0]
        converter: Callable[[re.Match[str]], str] = super().url_converter(
            name, hashed_files, template
        )
        return converter
