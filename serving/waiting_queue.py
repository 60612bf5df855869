"""The queue of visitors who found every place taken: first come, first admitted."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass

_MAX_LENGTH = 500
"""Visitors who come after so many get a place, but are not remembered."""


@dataclass(frozen=True, slots=True)
class Ticket:
    """A place in the queue.

    Attributes:
        key: random text to show when asking again; it says nothing about its holder.
        place: position in the queue, from 1.
    """

    key: str
    place: int


class WaitingQueue:
    """Hands out tickets, and admits their holders in order."""

    def __init__(self, forget_s: float, clock: Callable[[], float]) -> None:
        """Forget visitors who haven't asked again for `forget_s` seconds: they have left."""
        self._forget_s = forget_s
        self._clock = clock
        self._asked_s: dict[str, float] = {}
        """When each ticket was last shown, in the order in which the tickets were handed out."""

    def __len__(self) -> int:
        self._forget()
        return len(self._asked_s)

    def ask(self, key: str | None, free: int) -> Ticket | None:
        """Ask for admission.

        Args:
            key: key of the visitor's ticket, if any; an unknown one gets the last place.
            free: how many visitors may be admitted now.

        Returns:
            None if the visitor is admitted, being among the first `free`; otherwise a ticket.
        """
        self._forget()
        waiting = list(self._asked_s)
        place = waiting.index(key) if key in self._asked_s else len(waiting)
        if place < free:
            if key is not None:
                self._asked_s.pop(key, None)
            return None
        if key is None or key not in self._asked_s:
            key = secrets.token_urlsafe(9)
        if place < _MAX_LENGTH:
            self._asked_s[key] = self._clock()
        return Ticket(key, place + 1)

    def _forget(self) -> None:
        oldest = self._clock() - self._forget_s
        for key in [key for key, asked_s in self._asked_s.items() if asked_s < oldest]:
            del self._asked_s[key]
