import hashlib
from pathlib import Path

from django.conf import settings

FOLDER = Path(settings.BASE_DIR, "static", "vendor", "leaflet-1.9.4")
# leaflet@1.9.4 of npm. Only the line that names the source map is taken off.
SCRIPT = "db49d009c841f5ca34a888c96511ae936fd9f5533e90d8b2c4d57596f4e5641a"
STYLE = "a7837102824184820dfa198d1ebcd109ff6d0ff9a2672a074b9a1b4d147d04c6"
MAP_LINE = b"//# sourceMappingURL=leaflet.js.map"


def test_leaflet_is_what_its_authors_published():
    script = (FOLDER / "leaflet.js").read_bytes()
    assert b"sourceMappingURL" not in script
    assert hashlib.sha256(script + MAP_LINE).hexdigest() == SCRIPT
    assert hashlib.sha256((FOLDER / "leaflet.css").read_bytes()).hexdigest() == STYLE
    assert (FOLDER / "LICENSE").read_text().startswith("BSD 2-Clause License")
