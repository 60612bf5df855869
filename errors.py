"""The root of all errors whose message is for the user, and how others become one line."""

from __future__ import annotations

from pydantic import ValidationError


class UserError(ValueError):
    """Something that the user can mend; the message says what is wrong, where, and how."""


def first_error(error: ValidationError, whole: str = "value") -> str:
    """Return the first problem of a validation as one line: "field: what is wrong".

    Args:
        error: what pydantic raised.
        whole: name of the value as a whole, for a problem that is in no field of it.
    """
    first = error.errors()[0]
    return f"{'.'.join(map(str, first['loc'])) or whole}: {first['msg']}"
