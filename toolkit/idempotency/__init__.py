"""The same form sent twice, by an impatient tap or a phone that heard no answer, makes one row.

The form carries a UUID (`client_uuid`); the row keeps it, and a hash of what the person wrote. A
request under a stored UUID with the same hash is a retry and gets the stored row; with another hash
it raises a Conflict.
"""
