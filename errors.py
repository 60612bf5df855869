"""The base class of all errors whose message is for the user; validation errors as one line."""

from __future__ import annotations

from pydantic import ValidationError


class UserError(ValueError):
    """Something is wrong that the user can mend; the message says what, where, and how."""


def first_error(error: ValidationError, whole: str = "value") -> str:
    """Return the first problem of a validation as one line: "field: what is wrong".

    Args:
        error: the error that pydantic raised.
        whole: name of the whole value, used for a problem that belongs to no field.
    """
    first = error.errors()[0]
    return f"{'.'.join(map(str, first['loc'])) or whole}: {first['msg']}"
