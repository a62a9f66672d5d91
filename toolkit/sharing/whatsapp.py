"""Opens WhatsApp with a text ready, addressed to a person. Whoever sends it reads it first."""

from urllib.parse import quote

from phonenumber_field.phonenumber import PhoneNumber
from phonenumbers import PhoneNumberType, number_type

MOBILE = (PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE)


def whatsapp_to(phone: PhoneNumber, text: str) -> str:
    """Empty for a telephone on a line."""
    if number_type(phone) not in MOBILE:
        return ""
    number = phone.as_e164.removeprefix("+")
    return f"https://wa.me/{number}?text={quote(text, safe='')}"
