"""Starts the process that decodes a picture (decoder.py), and ends it where it takes too long.

No header tells for sure how long a decoder will take, and a thread cannot be ended. A process can,
and gives all its memory back.
"""

import logging
import os
import signal
import subprocess
import sys

from toolkit.photos import decoder
from toolkit.photos.anatomy import Anatomy, NotAPhoto

logger = logging.getLogger(__name__)

# By the clock, where the processor has no time for it. The others wait as long.
WALL_SECONDS = 5.0
# Neither the environment nor the site's packages are searched: the paths are the parent's.
_PROGRAM = """
import os, sys
sys.path[:] = sys.argv[1].split(os.pathsep)
from toolkit.photos.decoder import main
main()
"""
# What a picture does to a decoder: too much time, or a fault in it. Others end the process too.
_OF_THE_PICTURE = {
    -number
    for number in (
        *(signal.SIGXCPU, signal.SIGSEGV, signal.SIGBUS),
        *(signal.SIGABRT, signal.SIGFPE, signal.SIGILL),
    )
}


class NotDecoded(Exception):
    """Not the picture's fault: the machine is too busy, or has no room for another process."""


def shrink_apart(data: bytes, anatomy: Anatomy) -> decoder.Shrunk:
    """Raises NotAPhoto or NotDecoded."""
    about = (anatomy.format, anatomy.model, str(anatomy.width), str(anatomy.height))
    command = [sys.executable, "-ISWignore", "-c", _PROGRAM, os.pathsep.join(sys.path), *about]
    try:
        # What the header reader did not look at is not decoded either.
        done = subprocess.run(
            command,
            input=memoryview(data)[: anatomy.length],
            stdout=subprocess.PIPE,
            timeout=WALL_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        logger.warning("A photo is missing: decoding it took over %d s", WALL_SECONDS)
        raise NotDecoded from None
    except OSError as error:
        logger.error("A photo is missing: no process for it (%s)", error.strerror)
        raise NotDecoded from error
    if done.returncode in _OF_THE_PICTURE:
        logger.warning("A picture ended its decoder (%d)", done.returncode)
        raise NotAPhoto
    if done.returncode == decoder.BROKEN:
        raise NotAPhoto
    if done.returncode:
        logger.error("A photo is missing: its decoder ended with %d", done.returncode)
        raise NotDecoded(done.returncode)
    return decoder.unpacked(done.stdout)
