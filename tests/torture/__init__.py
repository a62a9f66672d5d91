"""Long experiments: `make torture`. `make test` runs a short form of each."""

import os

IS_LONG = os.environ.get("TORTURE") == "1"


def size(long, short):
    return long if IS_LONG else short
