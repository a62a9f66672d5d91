"""What is taken out of texts before they leave the house."""

import re

# Telephone numbers, NIK and the like: eight digits or more, however they are grouped.
LONG_NUMBER = re.compile(r"(?<![\w.,])\+?\d(?:[ .\-]?\d){7,}(?!\w)")


def without_numbers(text: str) -> str:
    return LONG_NUMBER.sub("…", text)
