"""The gates of `make check`."""
