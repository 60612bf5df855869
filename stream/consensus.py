"""Many frames to one answer: votes come in, declarations go out.

Pure: no clock (time comes in with the frame), no I/O, no images. The same votes in give the same
events out. The rule is a sliding-window majority with a lead, and hysteresis for letting go, so
that one frame, however sure, never declares anything and a trembling hand loses nothing.
"""

from __future__ import annotations

from collections import Counter, deque
from dataclasses import dataclass

from settings import ConsensusRule

LEAD = 3
"""Votes by which a declared artwork must be ahead of any other: neighbours in view share the votes
of a trembling hand."""
RELEASE = 10
"""Judged frames in a row without a vote for it that lose a declared artwork: 1.25 s at 8 a second.
A hand that trembles, or a head that passes, takes less."""
SOLID_VOTES = 2
"""Votes that a non-planar work needs beyond `agree`: no outline bears it out
(docs/decisions/0006-non-planar-works.md)."""


@dataclass(frozen=True, slots=True)
class Declared:
    """`artwork_id` is what the visitor points at.

    `votes` of the `slots` judged frames in the window were for it; the visitor has looked for it
    for `looked_s`: since the look began or, where another was declared, since its first vote.
    """

    t: float
    artwork_id: str
    votes: int
    slots: int
    looked_s: float


@dataclass(frozen=True, slots=True)
class Lost:
    """The declared artwork is out of view, or another is about to replace it."""

    t: float
    artwork_id: str


@dataclass(frozen=True, slots=True)
class NotFound:
    """Good frames for `looked_s` seconds agreed on nothing."""

    t: float
    looked_s: float


Event = Declared | Lost | NotFound


class Consensus:
    """The votes of one visitor's look, and what follows from them."""

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
            lead: votes by which a declared artwork must be ahead of any other.
            release: judged frames in a row without a vote for it that lose a declared artwork.
            solid_votes: votes that a non-planar work needs beyond `rule.agree`.
        """
        self.rule = rule or ConsensusRule()
        self._lead, self._release, self._solid_votes = lead, release, solid_votes
        self.declared: str | None = None
        self.rejected = 0
        """Frames that took no slot since the last judged one."""
        self._slots: deque[tuple[float, str | None]] = deque(maxlen=self.rule.window)
        self._now = float("-inf")
        self._last_judged = float("-inf")
        self._last_for_declared = float("-inf")
        self._without_declared = 0
        self._lost: tuple[str | None, float] = (None, float("-inf"))
        self._solid: set[str] = set()
        self._look_began: float | None = None
        self._not_found_said = False

    def observe(self, t: float, vote: str | None, *, solid: bool = False) -> tuple[Event, ...]:
        """Take one judged frame: a vote for an artwork's id, or for none.

        Args:
            t: the frame's time in seconds. A frame older than one already seen is ignored.
            vote: the id of the artwork verified in it, or None.
            solid: the artwork has no plane, and needs `solid_votes` more votes to be declared.

        Returns:
            What follows, in order: at most one `Lost`, then at most one `Declared` or `NotFound`.
        """
        if t < self._now:
            return ()
        self._now = t
        self.rejected = 0
        if t - self._last_judged > self.rule.within_s:
            self._begin_look(None)
        self._last_judged = t
        if self._look_began is None:
            self._begin_look(t)
        self._slots.append((t, vote))
        if vote is not None:
            (self._solid.add if solid else self._solid.discard)(vote)
        if self.declared is not None:
            if vote == self.declared:
                self._last_for_declared, self._without_declared = t, 0
            else:
                self._without_declared += 1
        return (*self._let_go(t), *(self._declare() or self._give_up()))

    def reject(self, t: float) -> tuple[Event, ...]:
        """Take note of a frame that was too bad to judge: no slot, but time passes."""
        self.rejected += 1
        self._now = max(self._now, t)
        return self._let_go(self._now)

    def tick(self, t: float) -> tuple[Event, ...]:
        """Let time pass without a frame, so that what is declared is let go in time.

        Frames that were taken before `t` and are still being judged count when they come.
        """
        return self._let_go(t)

    def needed(self, artwork_id: str | None) -> int:
        """Votes that declare an artwork."""
        more = self._solid_votes if artwork_id in self._solid else 0
        return min(self.rule.agree + more, self.rule.window)

    def standing(self) -> tuple[str | None, int]:
        """The artwork ahead and its votes in the window; (None, 0) without votes, None on a tie."""
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

    def _begin_look(self, t: float | None) -> None:
        self._look_began, self._not_found_said = t, False

    def _let_go(self, t: float) -> tuple[Event, ...]:
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
        self._begin_look(t)
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
        # Votes for what was just lost must not declare it again: it takes new ones.
        lost, lost_at = self._lost
        if leader == lost and self._count(after=lost_at)[leader] < needed:
            return ()
        since = self._look_began
        if self.declared is not None or since is None:
            since = min(t for t, vote in self._slots if vote == leader)
        before = self._lose(self._now) if self.declared is not None else ()
        self.declared, self._last_for_declared, self._without_declared = leader, self._now, 0
        oldest = self._now - self.rule.within_s
        slots = sum(t >= oldest for t, _ in self._slots)
        return (*before, Declared(self._now, leader, votes, slots, self._now - since))

    def _give_up(self) -> tuple[Event, ...]:
        if self.declared is not None or self._not_found_said or self._look_began is None:
            return ()
        looked = self._now - self._look_began
        if looked < self.rule.not_found_s:
            return ()
        self._not_found_said = True
        return (NotFound(self._now, looked),)
