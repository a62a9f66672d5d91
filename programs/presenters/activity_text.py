"""An activity in words: for WhatsApp, and for somebody who sent something else under its UUID."""

from django.utils import translation

from programs.models import Activity
from territory.times import clock, day, moment
from toolkit.labels import capitalized
from toolkit.sharing.text import NOTHING, fill_template, without_numbers

# Always Indonesian, whatever language the screen has, and so not translated.
ACTIVITY_TEXT = """\
Kepada Yth. Komandan
Dari: {petugas}
Perihal: Laporan kegiatan {kegiatan}

Mohon izin Komandan, melaporkan kegiatan {kegiatan}:

Hari: {hari}
Tanggal: {tanggal}
Pukul: {pukul}
Tempat: {tempat}
Bersama: {bersama}
Warga yang ditemui: {warga}

Uraian:
{uraian}

Hasil: {hasil}

Demikian dilaporkan, dokumentasi terlampir.
{kesatuan}"""


def share_text_of_activity(activity: Activity, *, has_photos: bool) -> str:
    """Without telephone numbers and NIK, and without the resident's name, which is kept apart."""
    text = ACTIVITY_TEXT if has_photos else ACTIVITY_TEXT.replace(", dokumentasi terlampir", "")
    with translation.override("id"):
        weekday, _comma, date = day(activity.at, activity.unit).partition(", ")
        people = activity.people_count
        together = [activity.agencies, str(activity.group or "")]
        words = {
            "petugas": activity.author.titled_name,
            "kegiatan": str(activity.kind),
            "hari": weekday,
            "tanggal": date,
            "pukul": clock(activity.at, activity.unit),
            "tempat": activity.place_name or activity.unit.name,
            "bersama": ", ".join(filter(None, together)) or NOTHING,
            "warga": f"{people} orang" if people else NOTHING,
            "uraian": without_numbers(activity.text),
            "hasil": without_numbers(activity.outcome) or NOTHING,
            "kesatuan": activity.unit.name,
        }
        return fill_template(text, words)


def activity_words(activity: Activity) -> list[str]:
    """What is stored, in lines."""
    head = f"{moment(activity.at, activity.unit)} · {capitalized(str(activity.kind))}"
    return [*filter(None, [head, activity.place_name, activity.text])]
