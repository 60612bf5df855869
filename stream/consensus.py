"""Decide by the votes of many frames: votes come in, declarations go out.

The rule is a sliding-window majority with a lead, and hysteresis before a declared artwork is lost.
So no single frame declares anything, however well it matches, and a trembling hand loses nothing.
It is pure: no clock (time comes with the frames), no I/O, no images. The same votes give the same
events.
"""

from __future__ import annotations

from collections import Counter, deque
from dataclasses import dataclass

from settings import ConsensusRule

LEAD = 3
"""Votes by which an artwork must be ahead of any other to be declared: where a hand trembles,
neighbours in view share the votes."""
RELEASE = 10
"""A declared artwork is lost after so many recognized frames in a row without a vote for it: 1.25 s
at 8 a second. A trembling hand or a passing head takes less."""
SOLID_VOTES = 2
"""Votes that a non-planar work needs beyond `agree`, as it has no outline to confirm it
(docs/decisions/0006-non-planar-works.md)."""


@dataclass(frozen=True, slots=True)
class Declared:
    """An artwork is declared: the visitor points at it.

    Attributes:
        t: time in seconds.
        artwork_id: id of the artwork.
        votes: votes for it in the window.
        slots: recognized frames in the window.
        looked_s: seconds since the attempt began; where another artwork was declared, since the
            first vote for this one.
    """

    t: float
    artwork_id: str
    votes: int
    slots: int
    looked_s: float


@dataclass(frozen=True, slots=True)
class Lost:
    """The declared artwork is out of view, or another one replaces it."""

    t: float
    artwork_id: str


@dataclass(frozen=True, slots=True)
class NotFound:
    """Recognized frames agreed on nothing for `looked_s` seconds."""

    t: float
    looked_s: float


Event = Declared | Lost | NotFound


class Consensus:
    """The votes of one visitor's frames, and the events that follow.

    An attempt is the time for which a visitor looks for an artwork. It begins with the first
    recognized frame, with the first one after `within_s` without any, or with a loss.
    """

    def __init__(
        self,
        rule: ConsensusRule | None = None,
        *,
        lead: int = LEAD,
        release: int = RELEASE,
        solid_votes: int = SOLID_VOTES,
    ) -> None:
        """Start with no votes.

        Args:
            rule: when frames agree enough; None for the defaults.
            lead: votes by which an artwork must be ahead of any other to be declared.
            release: recognized frames in a row without a vote for it after which a declared artwork
                is lost.
            solid_votes: votes that a non-planar work needs beyond `rule.agree`.
        """
        self.rule = rule or ConsensusRule()
        self._lead, self._release, self._solid_votes = lead, release, solid_votes
        self.declared: str | None = None
        self.rejected = 0
        """Frames that were rejected since the last recognized one."""
        self._slots: deque[tuple[float, str | None]] = deque(maxlen=self.rule.window)
        self._now = float("-inf")
        self._last_recognized = float("-inf")
        self._last_for_declared = float("-inf")
        self._without_declared = 0
        self._lost: tuple[str | None, float] = (None, float("-inf"))
        self._solid: set[str] = set()
        self._attempt_began: float | None = None
        self._not_found_sent = False

    def observe(self, t: float, vote: str | None, *, solid: bool = False) -> tuple[Event, ...]:
        """Take one recognized frame: a vote for an artwork, or for none.

        Args:
            t: the frame's time in seconds. A frame older than the last one is ignored.
            vote: id of the artwork that the frame votes for, or None.
            solid: whether the artwork is non-planar; if so it needs `solid_votes` more votes.

        Returns:
            The events, in order: at most one `Lost`, then at most one `Declared` or `NotFound`.
        """
        if t < self._now:
            return ()
        self._now = t
        self.rejected = 0
        if t - self._last_recognized > self.rule.within_s:
            self._begin_attempt(None)
        self._last_recognized = t
        if self._attempt_began is None:
            self._begin_attempt(t)
        self._slots.append((t, vote))
        if vote is not None:
            (self._solid.add if solid else self._solid.discard)(vote)
        if self.declared is not None:
            if vote == self.declared:
                self._last_for_declared, self._without_declared = t, 0
            else:
                self._without_declared += 1
        return (*self._check_release(t), *(self._declare() or self._give_up()))

    def reject(self, t: float) -> tuple[Event, ...]:
        """Take a frame that the quality gate refused: it gets no slot, but time passes."""
        self.rejected += 1
        self._now = max(self._now, t)
        return self._check_release(self._now)

    def tick(self, t: float) -> tuple[Event, ...]:
        """Let time pass without a frame, so that the declared artwork is lost in time.

        Frames captured before `t` that are still being processed count when they come.
        """
        return self._check_release(t)

    def needed(self, artwork_id: str | None) -> int:
        """Return the votes that an artwork needs to be declared."""
        more = self._solid_votes if artwork_id in self._solid else 0
        return min(self.rule.agree + more, self.rule.window)

    def standing(self) -> tuple[str | None, int]:
        """Return the leading artwork, or None on a tie, and its votes in the window."""
        ranked = self._count().most_common(2)
        if not ranked:
            return None, 0
        (leader, votes), *others = ranked
        return (None if others and others[0][1] == votes else leader), votes

    def _count(self, after: float = float("-inf")) -> Counter[str]:
        oldest = self._now - self.rule.within_s
        return Counter(
            vote for t, vote in self._slots if vote is not None and t >= oldest and t > after
        )

    def _begin_attempt(self, t: float | None) -> None:
        self._attempt_began, self._not_found_sent = t, False

    def _check_release(self, t: float) -> tuple[Event, ...]:
        if self.declared is None or not (
            self._without_declared >= self._release
            or t - self._last_for_declared > self.rule.release_s
        ):
            return ()
        return self._lose(t)

    def _lose(self, t: float) -> tuple[Event, ...]:
        lost, self.declared = self.declared, None
        assert lost is not None
        self._lost = (lost, t)
        self._begin_attempt(t)
        return (Lost(t, lost),)

    def _declare(self) -> tuple[Event, ...]:
        ranked = self._count().most_common(2)
        if not ranked:
            return ()
        (leader, votes), *others = ranked
        ahead = votes - (others[0][1] if others else 0)
        needed = self.needed(leader)
        if votes < needed or ahead < self._lead or leader == self.declared:
            return ()
        # A lost artwork is declared again by new votes only.
        lost, lost_at = self._lost
        if leader == lost and self._count(after=lost_at)[leader] < needed:
            return ()
        since = self._attempt_began
        if self.declared is not None or since is None:
            since = min(t for t, vote in self._slots if vote == leader)
        before = self._lose(self._now) if self.declared is not None else ()
        self.declared, self._last_for_declared, self._without_declared = leader, self._now, 0
        oldest = self._now - self.rule.within_s
        slots = sum(t >= oldest for t, _ in self._slots)
        return (*before, Declared(self._now, leader, votes, slots, self._now - since))

    def _give_up(self) -> tuple[Event, ...]:
        if self.declared is not None or self._not_found_sent or self._attempt_began is None:
            return ()
        looked = self._now - self._attempt_began
        if looked < self.rule.not_found_s:
            return ()
        self._not_found_sent = True
        return (NotFound(self._now, looked),)
