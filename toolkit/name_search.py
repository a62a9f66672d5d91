"""Finds names in the database as people type them: the keys of ``toolkit.names`` in SQL."""

from typing import TYPE_CHECKING, Any

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db.models import CharField, Func, Lookup, TextField
from django.db.models.lookups import IContains

from toolkit.names import name_key

# Gives the same as toolkit.names.name_key(). IMMUTABLE, so that an index can hold it; "C", because
# the collation of a database may order and lower letters in its own way. PL/pgSQL, because
# PostgreSQL puts a function of plain SQL into the query, where it looks too cheap to use an index.
# OR REPLACE, because its migration has no transaction: it may have to begin again.
CREATE_NAME_KEY = """
CREATE OR REPLACE FUNCTION name_key(text) RETURNS text
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$BEGIN
RETURN regexp_replace(lower(normalize($1, NFKD) COLLATE "C"), '[^a-z0-9]', '', 'g');
END$$
"""
DROP_NAME_KEY = "DROP FUNCTION name_key(text)"

if TYPE_CHECKING:
    AnyLookup = Lookup[Any]
else:
    AnyLookup = Lookup


class NameKey(Func):
    """``jembatanlima`` of a column that holds "Jembatan Lima"."""

    function = "name_key"
    output_field = TextField()


@CharField.register_lookup
@TextField.register_lookup
class Alike(AnyLookup):
    """``name__alike="jembatan-lima."``: the key of the name contains the key of what was typed.

    Words without a Latin letter or digit have no key; they are looked for as they are.
    """

    lookup_name = "alike"

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        key = name_key(str(self.rhs))
        if not key:
            return IContains(self.lhs, self.rhs).as_sql(compiler, connection)
        column, params = self.process_lhs(compiler, connection)
        return f"name_key({column}) LIKE %s", [*params, f"%{key}%"]


def name_index(name: str, field: str = "name") -> GinIndex:
    """For ``alike`` on a table that grows."""
    return GinIndex(OpClass(NameKey(field), name="gin_trgm_ops"), name=name)
