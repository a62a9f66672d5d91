"""Pictures that are broken on purpose are taken or refused, and nothing else. More of them:
make manage ARGS="fuzz_pictures --pictures 5000 --seed 2"."""

import time
from collections import Counter
from contextlib import suppress
from io import BytesIO

import pytest
from django.core.exceptions import ValidationError

from toolkit.photos.clean import check_header, clean_photo
from toolkit.photos.decoder import CPU_SECONDS, shrink
from tools.fuzz.pictures import CHANGES, broken_pictures, parts, seeds


@pytest.mark.parametrize("kind", seeds())
def test_the_seeds_are_pictures_with_parts(kind):
    data = seeds()[kind]
    assert len(parts(data)) >= (1 if kind == "WebP without loss" else 2)
    assert not clean_photo(BytesIO(data)).is_missing


def test_a_header_is_read_or_refused_and_soon():
    for name, data in broken_pictures(3000, seed=11):
        begun = time.thread_time()
        with suppress(ValidationError):
            check_header(data)
        assert time.thread_time() - begun < 0.2, name


@pytest.mark.filterwarnings("ignore")
def test_no_decoder_takes_over_its_time():
    """In this process, which a fault in a decoder would end."""
    ends = Counter()
    for name, data in broken_pictures(1500, seed=12):
        begun = time.thread_time()
        try:
            anatomy = check_header(data)
            shrink(data[: anatomy.length], anatomy)
            ends["taken"] += 1
        except Exception as error:
            ends[type(error).__name__] += 1
        assert time.thread_time() - begun < CPU_SECONDS, name
    assert ends["taken"] > 200
    assert ends["ValidationError"] > 200
    assert len(ends) > 5  # some pass their headers and break later, in many ways


def test_uploads_that_are_broken():
    used = set()
    for name, data in broken_pictures(80, seed=13):
        used |= set(name.partition(": ")[2].split(", "))
        with suppress(ValidationError):
            assert not clean_photo(BytesIO(data)).is_missing, name
    assert used == {change.__name__ for change in CHANGES}
