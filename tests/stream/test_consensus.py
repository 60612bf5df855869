"""The consensus rule: an example for each of its sentences, and properties over any votes."""

from collections.abc import Sequence
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from settings import ConsensusRule
from stream.consensus import Consensus, Declared, Event, Lost, NotFound

STEP_S = 1 / 6
votes_strategy = st.lists(st.sampled_from(["a", "b", "c", None]), max_size=60)
steps_strategy = st.lists(st.floats(0.01, 1.5), min_size=60, max_size=60)
Maker = partial[Consensus]
makers = st.builds(
    lambda window, agree, lead, release: partial(
        Consensus,
        ConsensusRule(window=window, agree=min(agree, window)),
        lead=min(lead, window),
        release=release,
    ),
    st.integers(3, 12),
    st.integers(2, 12),
    st.integers(1, 4),
    st.integers(1, 12),
)


def run(
    votes: Sequence[str | None],
    rule: ConsensusRule | Maker | None = None,
    steps: Sequence[float] | None = None,
) -> list[Event]:
    consensus = rule() if isinstance(rule, partial) else Consensus(rule)
    t, events = 0.0, list[Event]()
    for number, vote in enumerate(votes):
        t += steps[number] if steps else STEP_S
        events += consensus.observe(t, vote)
    return events


def named(events: list[Event]) -> list[tuple[str, str | None]]:
    return [(type(event).__name__, getattr(event, "artwork_id", None)) for event in events]


def test_five_agreeing_frames_declare() -> None:
    assert run(["a"] * 4) == []
    (event,) = run(["a"] * 5)
    assert isinstance(event, Declared)
    assert (event.artwork_id, event.votes, event.slots) == ("a", 5, 5)
    assert event.t == pytest.approx(5 * STEP_S)
    assert event.looked_s == pytest.approx(4 * STEP_S)


def test_a_declaration_says_how_long_it_took() -> None:
    first, lost, second = run([None, None, *["a"] * 5, *["b"] * 6])
    assert isinstance(first, Declared) and isinstance(second, Declared)
    assert isinstance(lost, Lost)
    assert first.looked_s == pytest.approx(6 * STEP_S), "from the first frame of the attempt"
    assert second.looked_s == pytest.approx(second.t - 8 * STEP_S), "from its own first vote"


def test_votes_older_than_within_s_do_not_count() -> None:
    assert not any(isinstance(event, Declared) for event in run(["a"] * 30, steps=[0.8] * 30))
    assert any(isinstance(event, Declared) for event in run(["a"] * 30, steps=[0.7] * 30))


def test_a_vote_outside_the_window_does_not_count() -> None:
    assert run(["a", "a", "a", "a", None, None, None, None, "a"]) == []


def test_a_tie_or_a_short_lead_is_no_answer() -> None:
    assert run(["a", "b"] * 8) == []
    rule = ConsensusRule(window=8, agree=5)
    assert run(["b", "b", "b", "a", "a", "a", "a", "a"], rule) == []
    assert named(run([None, "b", "b", "a", "a", "a", "a", "a"], rule)) == [("Declared", "a")]


def test_lost_after_release_frames_without_a_vote_for_it() -> None:
    rule = ConsensusRule(release_s=60)
    assert named(run([*["a"] * 5, *[None] * 9], rule)) == [("Declared", "a")]
    assert named(run([*["a"] * 5, *[None] * 10], rule)) == [("Declared", "a"), ("Lost", "a")]


def test_a_vote_in_between_starts_the_count_again() -> None:
    assert named(run([*["a"] * 5, *[*[None] * 9, "a"] * 4])) == [("Declared", "a")]


def test_lost_after_release_s_without_a_vote_for_it() -> None:
    consensus = Consensus()
    for number in range(5):
        consensus.observe(number * STEP_S, "a")
    assert consensus.tick(4 * STEP_S + 2.0) == ()
    late = 4 * STEP_S + 2.01
    assert consensus.tick(late) == (Lost(late, "a"),)
    assert consensus.observe(4 * STEP_S + 2.1, None) == (), "old votes must not bring it back"
    assert consensus.declared is None


def test_frames_processed_late_still_count() -> None:
    consensus, events = Consensus(), list[Event]()
    for number in range(5):
        t = number * STEP_S
        assert consensus.tick(t + 0.4) == (), "a clock that runs during processing"
        events += consensus.observe(t, "a")
    assert named(events) == [("Declared", "a")]


def test_a_non_planar_work_needs_more_votes() -> None:
    consensus = Consensus()
    events = [consensus.observe(number * STEP_S, "a", solid=True) for number in range(7)]
    assert events[:6] == [()] * 6
    assert named(list(events[6])) == [("Declared", "a")]
    assert (consensus.needed("a"), consensus.needed("b"), consensus.needed(None)) == (7, 5, 5)


def test_a_non_planar_work_replaces_a_picture_by_its_own_rule() -> None:
    consensus, events = Consensus(), list[Event]()
    for number in range(5):
        events += consensus.observe(number * STEP_S, "a")
    for number in range(5, 11):
        assert consensus.observe(number * STEP_S, "b", solid=True) == ()
    events += consensus.observe(11 * STEP_S, "b", solid=True)
    assert named(events) == [("Declared", "a"), ("Lost", "a"), ("Declared", "b")]


def test_more_votes_than_a_window_holds_are_never_asked_for() -> None:
    consensus = Consensus(ConsensusRule(window=5, agree=4))
    events = [consensus.observe(number * STEP_S, "a", solid=True) for number in range(5)]
    assert named([event for each in events for event in each]) == [("Declared", "a")]


def test_rejected_frames_take_no_slot() -> None:
    consensus = Consensus()
    events: list[Event] = []
    for number in range(9):
        t = number * STEP_S
        events += consensus.observe(t, "a") if number % 2 == 0 else consensus.reject(t)
    assert named(events) == [("Declared", "a")]


def test_another_artwork_needs_full_agreement_to_replace() -> None:
    assert named(run(["a"] * 5 + ["b"] * 4)) == [("Declared", "a")]
    replaced = named(run(["a"] * 8 + ["b"] * 8))
    assert replaced == [("Declared", "a"), ("Lost", "a"), ("Declared", "b")]


def test_not_found_once_an_attempt() -> None:
    events = run([None] * 60)
    assert len(events) == 1
    assert isinstance(events[0], NotFound)
    assert 4.0 <= events[0].looked_s < 4.0 + 2 * STEP_S
    again = run([*[None] * 30, *["a"] * 5, *[None] * 45])
    assert named(again) == [
        ("NotFound", None),
        ("Declared", "a"),
        ("Lost", "a"),
        ("NotFound", None),
    ]


def test_alternating_artworks_end_in_not_found() -> None:
    assert named(run(["a", "b"] * 20)) == [("NotFound", None)]


def test_bad_frames_alone_are_never_not_found() -> None:
    consensus = Consensus()
    assert all(consensus.reject(number * STEP_S) == () for number in range(100))


def test_standing_names_no_leader_on_a_tie() -> None:
    consensus = Consensus()
    assert consensus.standing() == (None, 0)
    consensus.observe(0, "a")
    assert consensus.standing() == ("a", 1)
    consensus.observe(0.1, "b")
    assert consensus.standing() == (None, 1)


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"agree": 1}, "one frame"),
        ({"agree": 0}, "one frame"),
        ({"agree": 9}, "never reached"),
        ({"window": 2}, "greater than or equal"),
        ({"within_s": 0}, "greater than 0"),
        ({"windows": 3}, "Extra inputs"),
    ],
)
def test_senseless_rules_are_refused_with_the_reason(values: dict[str, int], reason: str) -> None:
    with pytest.raises(ValidationError, match=reason):
        ConsensusRule(**values)


@given(votes_strategy, steps_strategy, makers)
def test_nothing_is_declared_under_agree_votes(
    votes: list[str | None], steps: list[float], make: Maker
) -> None:
    consensus, t = make(), 0.0
    rule, lead = consensus.rule, make.keywords["lead"]
    history: list[tuple[float, str | None]] = []
    for vote, step in zip(votes, steps, strict=False):
        t += step
        history.append((t, vote))
        for event in consensus.observe(t, vote):
            if isinstance(event, Declared):
                window = [v for s, v in history[-rule.window :] if s >= t - rule.within_s]
                mine = window.count(event.artwork_id)
                assert mine == event.votes >= rule.agree
                assert all(
                    mine - window.count(other) >= lead
                    for other in {"a", "b", "c"} - {event.artwork_id}
                )


@given(votes_strategy, steps_strategy, makers)
def test_never_two_artworks_at_once(
    votes: list[str | None], steps: list[float], make: Maker
) -> None:
    shown: str | None = None
    for event in run(votes, make, steps):
        if isinstance(event, Declared):
            assert shown is None
            shown = event.artwork_id
        elif isinstance(event, Lost):
            assert event.artwork_id == shown
            shown = None
        else:
            assert shown is None


@given(votes_strategy, steps_strategy, makers)
def test_same_votes_same_events(votes: list[str | None], steps: list[float], make: Maker) -> None:
    assert run(votes, make, steps) == run(votes, make, steps)


@given(votes_strategy, steps_strategy, makers, st.permutations(["a", "b", "c"]))
def test_names_and_the_order_of_ties_do_not_matter(
    votes: list[str | None], steps: list[float], make: Maker, names: list[str]
) -> None:
    renamed = dict(zip(["a", "b", "c"], names, strict=True)) | {None: None}
    expected = [(kind, renamed.get(artwork)) for kind, artwork in named(run(votes, make, steps))]
    assert named(run([renamed[vote] for vote in votes], make, steps)) == expected


@given(st.permutations(["a"] * 5 + ["b"] * 2 + [None]))
def test_the_order_within_a_full_window_does_not_matter(votes: list[str | None]) -> None:
    assert [artwork for kind, artwork in named(run(votes)) if kind == "Declared"] == ["a"]
