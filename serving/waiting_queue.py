"""The line of those who found every place taken: who came first is let in first."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass

_LONGEST = 500
"""Who comes after that many is told a place, but not remembered."""


@dataclass(frozen=True, slots=True)
class Ticket:
    """A place in the line.

    Attributes:
        key: what to show when asking again; random, and nothing is known of who holds it.
        place: 1 for who is next.
    """

    key: str
    place: int


class WaitingQueue:
    """Hands out tickets, and calls them up in their order."""

    def __init__(self, forget_s: float, clock: Callable[[], float]) -> None:
        """Forget who hasn't asked again for `forget_s` seconds: they have gone on."""
        self._forget_s = forget_s
        self._clock = clock
        self._asked_s: dict[str, float] = {}
        """When each ticket was last shown, in the order in which they were handed out."""

    def __len__(self) -> int:
        self._forget()
        return len(self._asked_s)

    def ask(self, key: str | None, free: int) -> Ticket | None:
        """Ask to be let in.

        Args:
            key: of the ticket, for who has one; one that isn't known gets the last place.
            free: how many places there are now.

        Returns:
            None for who may come in: as many as there are places, first come first. Else a ticket.
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
        if place < _LONGEST:
            self._asked_s[key] = self._clock()
        return Ticket(key, place + 1)

    def _forget(self) -> None:
        oldest = self._clock() - self._forget_s
        for key in [key for key, asked_s in self._asked_s.items() if asked_s < oldest]:
            del self._asked_s[key]
