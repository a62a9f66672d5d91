"""`make bench`: how long pages take against a bare view, at several sizes of the database."""
