"""The rules at the table, as the statutes have them, for any number of people and proposals."""

from __future__ import annotations

from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.errors import Conflict, Invalid
from casework.meetings.table.law import (
    Answer,
    Count,
    Moved,
    Question,
    next_question,
    quorum,
    result,
    settle,
)
from casework.people.body_kinds import ASSEMBLY_LAW, COMMITTEE_LAW, NOTES_LAW, Law

KINDS = ("approval", "rejection", "amendment", "addition", "referral_back", "tabling")
points = st.sampled_from([None, 1, 2])
moved_lists = st.lists(st.tuples(st.sampled_from(KINDS), points), max_size=7).map(
    lambda drawn: [
        Moved(number, kind, point if kind == "amendment" else None)
        for number, (kind, point) in enumerate(drawn, start=1)
    ]
)
sides = st.sampled_from(["first", "second"])


@given(st.integers(1, 200), st.integers(0, 200), st.integers(0, 20))
def test_more_than_half_must_serve(seats: int, serving: int, recused: int) -> None:
    """KL 5:45 and 6:27; an assembly alone may handle what falls short by recusal (KL 5:46)."""
    committee = quorum(COMMITTEE_LAW, seats, serving, recused)
    assert committee.is_met == (2 * serving > seats)
    assert quorum(COMMITTEE_LAW, seats, serving + committee.missing, recused).is_met
    assert quorum(ASSEMBLY_LAW, seats, serving, recused).is_met == (2 * (serving + recused) > seats)
    assert quorum(NOTES_LAW, seats, serving, recused).is_met


@given(moved_lists, st.sampled_from([COMMITTEE_LAW, ASSEMBLY_LAW]), st.data())
def test_the_questions_come_to_an_end(moved: list[Moved], law: Law, data: st.DataObject) -> None:
    """Each question is put once; a deferral ends it; every alternative has met another."""
    answers: list[Answer] = []
    while (question := next_question(moved, answers, law)) is not None:
        assert question not in {answer.question for answer in answers}
        assert result(moved, answers, law) is None
        answers.append(Answer(question, data.draw(sides)))
        assert len(answers) <= 2 * len(moved)
    decided = result(moved, answers, law)
    assert decided is not None
    kinds = {each.id: each.kind for each in moved}
    put = {each for a in answers for each in (a.question.first, a.question.second) if each}
    if decided.outcome == "decided":
        whole_fell = decided.alternative is not None
        amended = [m for m in moved if m.kind == "amendment" and not (whole_fell and m.point)]
        assert {each.id for each in amended} <= put
        points = [next(m.point for m in moved if m.id == each) for each in decided.changes]
        assert len(points) == len(set(points))  # a point is changed once, and never by the whole
        assert not (whole_fell and points)
        assert None not in points
        assert set(kinds.values()) & {"tabling", "referral_back"} <= {kinds[each] for each in put}
    else:
        assert answers[-1].question.stage == "settle_today"


@given(moved_lists)
def test_yes_throughout_is_the_papers_own_proposal(moved: list[Moved]) -> None:
    """Whoever answers yes to all settles the matter today, as proposed, with every addition."""
    answers: list[Answer] = []
    while (question := next_question(moved, answers, COMMITTEE_LAW)) is not None:
        answers.append(Answer(question, "first"))
    decided = result(moved, answers, COMMITTEE_LAW)
    assert decided is not None
    assert (decided.outcome, decided.alternative) == ("decided", None)
    assert decided.additions == tuple(each.id for each in moved if each.kind == "addition")


def test_the_customary_order() -> None:
    """First whether it is settled today, then the alternatives, last the additions."""
    moved = [
        Moved(1, "addition"),
        Moved(2, "amendment"),
        Moved(3, "tabling"),
        Moved(4, "amendment"),
    ]
    stages = []
    answers: list[Answer] = []
    while (question := next_question(moved, answers, COMMITTEE_LAW)) is not None:
        stages.append((question.stage, question.first, question.second))
        answers.append(Answer(question, "first"))
    assert stages == [
        ("settle_today", None, 3),
        ("counter", 2, 4),
        ("main", None, 2),
        ("addition", 1, None),
    ]


def test_each_way_of_deferring_has_its_question_in_an_assembly() -> None:
    """KL 5:50: a third may have it referred back whatever the majority says of tabling it."""
    moved = [Moved(1, "tabling"), Moved(2, "referral_back")]
    tabling, referral = (Question("settle_today", None, each) for each in (1, 2))
    assert next_question(moved, [], ASSEMBLY_LAW) == tabling
    answers = [Answer(tabling, "first")]
    assert next_question(moved, answers, ASSEMBLY_LAW) == referral
    answers.append(Answer(referral, "second"))
    decided = result(moved, answers, ASSEMBLY_LAW)
    assert decided is not None
    assert decided.outcome == "referred_back"


def test_a_point_is_amended_by_itself() -> None:
    """Two who would change different points do not meet; two of the same point do."""
    moved = [Moved(1, "amendment", 2), Moved(2, "amendment", 1), Moved(3, "amendment", 2)]
    answers: list[Answer] = []
    put = []
    while (question := next_question(moved, answers, COMMITTEE_LAW)) is not None:
        put.append((question.stage, question.first, question.second))
        answers.append(Answer(question, "second"))
    assert put == [("main", None, 2), ("counter", 1, 3), ("main", None, 3)]
    decided = result(moved, answers, COMMITTEE_LAW)
    assert decided is not None
    assert (decided.alternative, decided.changes) == (None, (2, 3))


def test_with_the_matter_rejected_nothing_is_added() -> None:
    """An addition to what was rejected is not put."""
    moved = [Moved(1, "rejection"), Moved(2, "addition")]
    answers = [Answer(Question("main", None, 1), "second")]
    assert next_question(moved, answers, COMMITTEE_LAW) is None
    decided = result(moved, answers, COMMITTEE_LAW)
    assert decided is not None
    assert (decided.alternative, decided.additions) == (1, ())


counts = st.builds(Count, st.integers(0, 60), st.integers(0, 60), st.integers(0, 20))
stages = st.sampled_from(["main", "counter", "addition", "settle_today"])


@given(counts, stages, st.sampled_from(["yes", "no"]))
def test_a_committee_decides_by_simple_majority(
    count: Count, stage: str, chair: Literal["yes", "no"]
) -> None:
    """KL 5:55-56 through 6:33, also for tabling and referral back: no minority, ever (6:33)."""
    settled = settle(count, COMMITTEE_LAW, stage=stage, chair=chair, present=count.given)
    if count.yes != count.no:
        assert settled.winner == ("first" if count.yes > count.no else "second")
        assert not settled.is_casting
    else:
        assert settled.winner == ("first" if chair == "yes" else "second")
        assert settled.is_casting
    assert settled.method == "vote"


@given(counts, st.integers(0, 9))
def test_a_third_of_an_assembly_defers_a_matter_once(count: Count, silent: int) -> None:
    """KL 5:50: one third of those present, also of those who do not vote; the second time a
    simple majority is needed."""
    present = count.given + silent
    settled = settle(count, ASSEMBLY_LAW, stage="settle_today", chair="yes", present=present)
    by_minority = 0 < count.no <= count.yes and 3 * count.no >= present
    assert (settled.method == "minority") == by_minority
    again = settle(
        count,
        ASSEMBLY_LAW,
        stage="settle_today",
        chair="yes",
        present=present,
        deferred_by_minority=True,
    )
    assert again.method == "vote"
    assert settle(count, ASSEMBLY_LAW, stage="main", chair="yes", present=present).method == "vote"


def test_the_chair_must_vote_when_it_is_needed() -> None:
    """KL 4:25: the chair may abstain, but not from a tie."""
    with pytest.raises(Conflict, match="chair_must_vote"):
        settle(Count(3, 3, 1), COMMITTEE_LAW, stage="main", chair="abstains", present=7)
    settled = settle(Count(4, 2, 1), COMMITTEE_LAW, stage="main", chair="abstains", present=7)
    assert settled.winner == "first"


def test_an_election_is_settled_by_lot() -> None:
    """KL 5:56: no casting vote in an election; a tie is drawn."""
    with pytest.raises(Invalid, match="lot_needed"):
        settle(Count(3, 3), COMMITTEE_LAW, stage="main", chair="", present=6, is_election=True)
    drawn = settle(
        Count(3, 3),
        COMMITTEE_LAW,
        stage="main",
        chair="",
        present=6,
        is_election=True,
        lot="second",
    )
    assert (drawn.winner, drawn.method, drawn.is_casting) == ("second", "lot", False)
