"""Sends photos, hostile ones too, to a server that runs, and looks at its processes (Linux)."""

import http.client
import random
import re
import struct
import threading
import time
import uuid
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import cache
from io import BytesIO
from pathlib import Path

from django.urls import reverse
from PIL import Image

# 7000×7000 pixels, which took 1 GB to decode.
SMALLEST_WEBP = bytes.fromhex(
    "524946461a000000574542505650384c0e0000002f57dbd506071011fd0f4444ff03"
)


@cache
def hostile_pictures() -> dict[str, bytes]:
    """Pictures that cost much: some are refused by their header, some are the most that passes."""
    passes = picture("RGB", (6000, 4900), "JPEG", progressive=True)
    last_pass = passes[passes.rindex(b"\xff\xda") : -2]
    photo = picture("RGB", (4000, 3000), "JPEG")
    return {
        "34 bytes of WebP": SMALLEST_WEBP,
        "WebP at the limit": picture("RGBA", (2600, 2050), "WEBP", lossless=True, quality=0),
        "PNG at the limit": picture("RGBA", (4000, 3450), "PNG", compress_level=1),
        "PNG with a clear colour": picture("RGB", (4000, 2480), "PNG", transparency=(1, 1, 1)),
        "PNG of 30,000×30,000": png_of_nothing(30_000, 30_000),
        "JPEG of 108 million pixels": picture("RGB", (12_000, 9_000), "JPEG", quality=50),
        "JPEG in 32 passes": passes[:-2] + last_pass * 22 + b"\xff\xd9",
        "JPEG in 1,000 passes": passes[:-2] + last_pass * 990 + b"\xff\xd9",
        "JPEG that hides its passes": hidden_passes(3000),
        "PNG in a million parts": png_in_parts(990_000),
        "JPEG cut off": photo[: len(photo) // 2],
        "plain photo": photo,
    }


def picture(mode: str, size: tuple[int, int], kind: str, **options: object) -> bytes:
    out = BytesIO()
    Image.new(mode, size, "teal").save(out, kind, **options)
    return out.getvalue()


def hidden_passes(count: int) -> bytes:
    """30 kB, 73 s to decode: behind a marker without meaning there is a length, and behind it are
    passes over 49 million pixels. Decoders do not believe the length."""
    data = picture("L", (7000, 7000), "JPEG", progressive=True)
    begin = data.index(b"\xff\xda")
    first = data[begin : begin + 10] + b"\0"
    refinement = bytes.fromhex("ffda000801010000001000")
    most = 60_000 // len(refinement)
    hidden = [refinement * min(most, count - done) for done in range(0, count, most)]
    restarts = b"\xff\xdd\0\4\0\1"
    return b"".join(
        [
            *(data[:begin], restarts, first),
            *(b"\xff\x02" + struct.pack(">H", len(part) + 2) + part for part in hidden),
            b"\xff\xd9",
        ]
    )


def png_in_parts(count: int) -> bytes:
    """A small one whose parts alone take over two seconds."""
    data = picture("RGB", (64, 64), "PNG")
    end = data.index(b"IEND") - 4
    return data[:end] + _chunk(b"abcd", b"") * count + data[end:]


def png_of_nothing(width: int, height: int) -> bytes:
    head = _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + _chunk(b"IDAT", zlib.compress(bytes(30_000_000)))


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def send_report(port: int, photos: Sequence[bytes], address: str = "") -> int:
    """Sends a citizen's report as a device of its own, from any address of this machine. Returns
    the status."""
    device = f"{random.randrange(10**12):032d}"  # noqa: S311
    fields = {
        "csrfmiddlewaretoken": device,
        "step": "send",
        "category": "noise_dispute",
        "client_uuid": str(uuid.uuid4()),
        "village_name": "Duri Utara",
        "when": "unknown",
        "text": "Uji unggah",
        "privacy": "anonymous",
    }
    edge = "edge-of-a-part"
    parts = [
        f'--{edge}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields.items()
    ]
    for photo in photos:
        head = 'Content-Disposition: form-data; name="photos"; filename="foto.jpg"'
        parts += [
            f"--{edge}\r\n{head}\r\nContent-Type: image/jpeg\r\n\r\n".encode(),
            photo,
            b"\r\n",
        ]
    body = b"".join([*parts, f"--{edge}--\r\n".encode()])
    address = address or f"127.0.{random.randrange(256)}.{random.randrange(1, 255)}"  # noqa: S311
    connection = http.client.HTTPConnection(
        "127.0.0.1", port, timeout=120, source_address=(address, 0)
    )
    headers = {
        "Content-Type": f"multipart/form-data; boundary={edge}",
        "Cookie": f"csrftoken={device}",
    }
    try:
        connection.request("POST", reverse("reports:report_fill"), body=body, headers=headers)
        return connection.getresponse().status
    finally:
        connection.close()


def send_many(
    port: int, forms: Sequence[Sequence[bytes]], at_once: int, address: str = ""
) -> Counter[str]:
    """Sends the forms from so many threads. Counts the answers; `lost` had none."""
    answers: Counter[str] = Counter()
    waiting = list(reversed(forms))

    def send() -> None:
        with suppress(IndexError):
            while True:
                form = waiting.pop()
                try:
                    answers[str(send_report(port, form, address))] += 1
                except (OSError, http.client.HTTPException):
                    answers["lost"] += 1

    threads = [threading.Thread(target=send) for _ in range(at_once)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


@contextmanager
def watching_health(port: int) -> Iterator[list[float]]:
    """Asks /healthz every fifth of a second until the block ends; gives the seconds of each."""
    took: list[float] = []
    over = threading.Event()

    def ask() -> None:
        while not over.wait(0.2):
            begun = time.monotonic()
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
            with suppress(OSError, http.client.HTTPException):
                connection.request("GET", "/healthz")
                connection.getresponse().read()
            connection.close()
            took.append(time.monotonic() - begun)

    thread = threading.Thread(target=ask)
    thread.start()
    try:
        yield took
    finally:
        over.set()
        thread.join()


def serving_processes(port: int) -> list[int]:
    """The processes that hold the port's listening socket, whatever server it is."""
    listening = re.compile(rf"^\s*\d+: [0-9A-F]+:{port:04X} [0-9A-F]+:0000 0A (?:\S+\s+){{5}}(\d+)")
    sockets = {
        f"socket:[{found[1]}]"
        for line in Path("/proc/net/tcp").read_text().splitlines()
        if (found := listening.match(line))
    }
    pids = []
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if any(_link(one) in sockets for one in (process / "fd").iterdir()):
                pids.append(int(process.name))
    return sorted(pids)


def workers(port: int) -> list[int]:
    """Those of them that another one started; where there is only one, that one."""
    pids = serving_processes(port)
    return [pid for pid in pids if _parent(pid) in pids] or pids


def memory(pid: int, word: str = "VmHWM") -> float:
    """Megabytes of a process: its peak, or by VmRSS what it has now."""
    with suppress(OSError):
        found = re.search(rf"{word}:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())
        return int(found[1]) / 1000 if found else 0.0
    return 0.0


def forget_peak(pid: int) -> None:
    Path(f"/proc/{pid}/clear_refs").write_text("5")


def _link(path: Path) -> str:
    with suppress(OSError):
        return str(path.readlink())
    return ""


def _parent(pid: int) -> int:
    with suppress(OSError):
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    return 0
