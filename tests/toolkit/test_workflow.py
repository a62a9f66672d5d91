import pytest

from toolkit.workflow import Change, state_allows

CHANGES = {"open": Change(frozenset({"new", "closed"}), "open", needs="log")}


def test_a_change_is_allowed_from_its_states_only():
    assert state_allows(CHANGES, "open", "new")
    assert state_allows(CHANGES, "open", "closed")
    assert not state_allows(CHANGES, "open", "open")


def test_a_change_outside_the_table_is_an_error_of_the_caller():
    with pytest.raises(KeyError):
        state_allows(CHANGES, "burn", "new")
