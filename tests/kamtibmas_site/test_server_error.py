from unittest import mock

import pytest
from django.db import OperationalError, connection
from django.test import override_settings
from django.urls import path

from kamtibmas_site import urls

handler500 = urls.handler500

pytestmark = pytest.mark.django_db


def database_away(request):
    raise OperationalError("connection refused")


def broken(request):
    raise ValueError("a slip")


def without_login(view):
    view.login_required = False
    return view


urlpatterns = [
    path("away", without_login(database_away)),
    path("broken", without_login(broken)),
    *urls.urlpatterns,
]


@pytest.fixture
def patient_client(client):
    client.raise_request_exception = False
    return client


@override_settings(ROOT_URLCONF=__name__)
def test_the_database_away_is_503_with_a_time_to_return(patient_client):
    response = patient_client.get("/away")
    assert response.status_code == 503
    assert response.headers["Retry-After"] == "30"
    assert "<h1" in response.content.decode()


@override_settings(ROOT_URLCONF=__name__)
def test_anything_else_is_500_and_tells_nothing(patient_client):
    response = patient_client.get("/broken")
    assert response.status_code == 500
    assert "a slip" not in response.content.decode()


@override_settings(ROOT_URLCONF=__name__)
def test_an_unknown_address_is_404(patient_client):
    assert patient_client.get("/nowhere").status_code == 404


def test_a_signed_in_person_meets_503_too(patient_client, officer):
    patient_client.force_login(officer)
    with mock.patch.object(connection, "cursor", side_effect=OperationalError("gone")):
        response = patient_client.get("/")
    assert response.status_code == 503
    assert response.headers["Retry-After"] == "30"
