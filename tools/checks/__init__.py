"""The gates of `make check`. A package of its own, because none of it belongs on a server."""
