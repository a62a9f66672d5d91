"""Telephone numbers as people here write and dial them."""

from django import template
from django.conf import settings
from phonenumber_field.phonenumber import PhoneNumber
from phonenumbers import format_out_of_country_calling_number

register = template.Library()


@register.filter
def dialled(phone: PhoneNumber) -> str:
    """``0812-3456-7890``; a number of another country with its code, ``+60 12-345 6789``."""
    return str(format_out_of_country_calling_number(phone, settings.PHONENUMBER_DEFAULT_REGION))
