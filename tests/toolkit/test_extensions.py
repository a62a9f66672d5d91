import pytest
from django.core.exceptions import ImproperlyConfigured

from toolkit.extensions import Hook, ListHook


def double(number):
    return 2 * number


def triple(number):
    return 3 * number


def test_a_hook_calls_the_function_that_fills_it():
    hook = Hook("numbers")
    hook.fill(double)
    assert hook(4) == 8
    assert hook(number=5) == 10


def test_a_hook_that_nobody_fills_names_itself():
    with pytest.raises(ImproperlyConfigured, match="numbers"):
        Hook("numbers")(4)


def test_a_hook_is_filled_by_one_function():
    hook = Hook("numbers")
    hook.fill(double)
    hook.fill(double)
    with pytest.raises(ImproperlyConfigured, match="numbers"):
        hook.fill(triple)
    assert hook(4) == 8


def test_several_functions_answer_a_list_hook_each_once():
    hook = ListHook()
    assert hook(4) == []
    for answer in (triple, double, triple):
        hook.add(answer)
    assert hook(4) == [12, 8]
