"""A form of the field is sent by the phone's outbox: at once, or hours later, once it has a signal.

The outbox sends the same POST as the page would, with the header of `answers.HEADER`, and gets an
answer for a machine. A view takes part with one decorator, its form with `data-outbox`.
"""
