"""What `hostile_uploads` and `killed_uploads` find out about a server's processes."""

import os
import socket
from pathlib import Path

import pytest

from toolkit.photos.anatomy import NotAPhoto, read_anatomy
from tools.bench import uploads


@pytest.mark.skipif(not Path("/proc/net").is_dir(), reason="Linux tells it there")
def test_the_processes_of_a_port_and_their_memory():
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        assert uploads.serving_processes(port) == [os.getpid()]
        assert uploads.workers(port) == [os.getpid()]
    assert uploads.serving_processes(port) == []
    assert uploads.memory(os.getpid()) >= uploads.memory(os.getpid(), "VmRSS") > 10


def test_the_passes_of_a_hostile_jpeg_are_counted():
    plain = uploads.picture("RGB", (64, 64), "JPEG", progressive=True)
    last = plain[plain.rindex(b"\xff\xda") : -2]
    assert read_anatomy(plain[:-2] + last * 22 + b"\xff\xd9").buffered
    with pytest.raises(NotAPhoto):
        read_anatomy(plain[:-2] + last * 23 + b"\xff\xd9")
