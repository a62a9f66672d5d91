import pytest
from phonenumber_field.phonenumber import PhoneNumber

from territory.templatetags.phones import dialled


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("+6281234567890", "0812-3456-7890"),
        ("+622169000000", "(021) 69000000"),
        ("+60123456789", "+60 12-345 6789"),
    ],
)
def test_a_number_of_another_country_keeps_its_country(number, shown):
    assert dialled(PhoneNumber.from_string(number)) == shown
