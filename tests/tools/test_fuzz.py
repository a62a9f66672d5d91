"""Odd requests to every address, as every kind of person: no failure, nothing foreign."""

import os

import pytest

from tests import factories as make
from tests.test_access import make_rows_of
from tools.fuzz.addresses import addresses
from tools.fuzz.run import Role, fuzz

REQUESTS = int(os.environ.get("FUZZ_REQUESTS", "700"))
SEED = int(os.environ.get("FUZZ_SEED", "1"))
CANARY = "kenari-b"


def keys_of_rows():
    models = {address.model_of_key() for address in addresses()} - {None}
    return {model: list(model._base_manager.values_list("pk", flat=True)[:60]) for model in models}


@pytest.fixture
def roles(
    units, officer, volunteer, commander, admin_user, superuser, neighbour, settings, tmp_path
):
    settings.MEDIA_ROOT = tmp_path
    make.make_category("other")
    make_rows_of(units.polsek, officer, "kenari-a", volunteer.membership)
    make_rows_of(units.polsek_neighbour, neighbour, CANARY)
    keys = keys_of_rows()
    people = {"volunteer": volunteer, "officer": officer, "commander": commander}
    people |= {"anonymous": None, "administrator": admin_user}
    found = [Role(name, user, keys, [CANARY.encode()]) for name, user in people.items()]
    return [*found, Role("superuser", superuser, keys)]


def test_odd_requests_are_answered(roles):
    outcome = fuzz(roles, requests=REQUESTS, seed=SEED)
    assert not outcome.failures, outcome.told()
    assert outcome.sent >= REQUESTS
    assert {address.route for address in addresses()} == set(outcome.names)
