"""The rules at the table as pure functions: quorum, the order of questions, and what a vote gives.

Kommunallagen (2017:725): 5:45-46 and 6:27 quorum, 5:50 minority, 5:53-56 questions and votes,
4:25-26 abstaining. What differs between kinds of bodies is data in `casework.people.body_kinds`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from casework.errors import Conflict, Invalid

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from casework.people.body_kinds import Law

DEFERRING = ("tabling", "referral_back")

Side = Literal["first", "second"]


# --- Quorum -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Quorum:
    """How many serve on an item, of how many seats, and how many more are needed."""

    seats: int
    serving: int
    missing: int
    statute: str

    @property
    def is_met(self) -> bool:
        return self.missing == 0


def quorum(law: Law, seats: int, serving: int, recused: int) -> Quorum:
    """Whether an item may be handled: more than the law's share of the seats is filled.

    `serving` are those who take part, without the `recused` whom no substitute replaces; only an
    assembly may handle an item that falls short because of recusal alone (KL 5:46).
    """
    if law.quorum is None:
        return Quorum(seats, serving, 0, law.quorum_statute)
    counted = serving if law.recusal_counts else serving + recused
    needed = int(seats * law.quorum) + 1
    return Quorum(seats, serving, max(0, needed - counted), law.quorum_statute)


# --- The order of questions -------------------------------------------------------------------


@dataclass(frozen=True)
class Moved:
    """A proposal from the floor that has not been withdrawn.

    `point` is the number of the decision point that an amendment would change, None for all.
    """

    id: int
    kind: str
    point: int | None = None


@dataclass(frozen=True)
class Question:
    """What the chair asks: yes for `first`, no for `second`; None is the papers' own proposal."""

    stage: str
    first: int | None
    second: int | None


@dataclass(frozen=True)
class Answer:
    """A question with the side that won it."""

    question: Question
    winner: Side

    @property
    def won(self) -> int | None:
        return self.question.first if self.winner == "first" else self.question.second


@dataclass(frozen=True)
class Result:
    """What the answers together decide.

    `outcome` is decided, tabled or referred_back; `alternative` the amendment or rejection that
    took the place of the papers' proposal; `changes` the amendments that each took the place of
    a point of it; `additions` those that were carried.
    """

    outcome: str
    alternative: int | None = None
    changes: tuple[int, ...] = ()
    additions: tuple[int, ...] = ()


def next_question(moved: Sequence[Moved], answers: Sequence[Answer], law: Law) -> Question | None:
    """The chair's next question in the customary order; None when all has been settled.

    First whether the item is settled today; then the papers' proposal against the alternatives,
    more than one of which first meet in counter-proposition rounds; last each addition. Where a
    minority can defer the item (KL 5:50) each way of deferring it has a question of its own.
    """
    asked = {answer.question: answer for answer in answers}
    today = _settle_today if law.minority_referral is None else _settle_today_each
    for plan in (today, _main, _additions):
        question = plan(moved, asked)
        if question is not None:
            return question
        if _is_deferred(answers):
            return None
    return None


def result(moved: Sequence[Moved], answers: Sequence[Answer], law: Law) -> Result | None:
    """What has been decided; None while a question is left."""
    if next_question(moved, answers, law) is not None:
        return None
    kinds = {each.id: each.kind for each in moved}
    deferred = _is_deferred(answers)
    if deferred is not None:
        return Result({"tabling": "tabled", "referral_back": "referred_back"}[kinds[deferred]])
    main = [a.won for a in answers if a.question.stage == "main" and a.won]
    whole = set(_whole(moved))
    changes = tuple(each for each in main if each not in whole)
    carried = tuple(
        answer.won for answer in answers if answer.question.stage == "addition" and answer.won
    )
    return Result("decided", next((each for each in main if each in whole), None), changes, carried)


def _is_deferred(answers: Sequence[Answer]) -> int | None:
    """The tabling or referral back that won, if any."""
    return next((a.won for a in answers if a.question.stage == "settle_today" and a.won), None)


def _settle_today(moved: Sequence[Moved], asked: Mapping[Question, Answer]) -> Question | None:
    return _against_the_first("settle_today", _deferring(moved), asked)


def _settle_today_each(moved: Sequence[Moved], asked: Mapping[Question, Answer]) -> Question | None:
    questions = [Question("settle_today", None, each) for each in _deferring(moved)]
    if any(asked[question].won for question in questions if question in asked):
        return None
    return next((question for question in questions if question not in asked), None)


def _deferring(moved: Sequence[Moved]) -> list[int]:
    """The first proposal of each kind to put the item off."""
    first_of = {each.kind: each.id for each in reversed(moved) if each.kind in DEFERRING}
    return sorted(first_of.values())


def _main(moved: Sequence[Moved], asked: Mapping[Question, Answer]) -> Question | None:
    """The whole proposal first; if it stands, each of its points that somebody would change."""
    whole = _whole(moved)
    question = _against_the_first("main", whole, asked)
    fell = any(a.won in whole for a in asked.values() if a.question.stage == "main")
    if question is not None or fell:
        return question
    changes = [each for each in moved if each.kind == "amendment" and each.point is not None]
    for point in sorted({each.point for each in changes if each.point is not None}):
        others = sorted(each.id for each in changes if each.point == point)
        question = _against_the_first("main", others, asked)
        if question is not None:
            return question
    return None


def _whole(moved: Sequence[Moved]) -> list[int]:
    """What would take the place of the whole proposal; one rejection is as good as many."""
    rejections = [each.id for each in moved if each.kind == "rejection"]
    amendments = [each.id for each in moved if each.kind == "amendment" and each.point is None]
    return sorted(amendments + rejections[:1])


def _additions(moved: Sequence[Moved], asked: Mapping[Question, Answer]) -> Question | None:
    rejected = {each.id for each in moved if each.kind == "rejection"}
    if any(a.question.stage == "main" and a.won in rejected for a in asked.values()):
        return None  # with the matter rejected there is nothing to add to
    for each in moved:
        question = Question("addition", each.id, None)
        if each.kind == "addition" and question not in asked:
            return question
    return None


def _against_the_first(
    stage: str, others: Sequence[int], asked: Mapping[Question, Answer]
) -> Question | None:
    """The main proposal against the one that is left when the others have met each other."""
    if not others:
        return None
    left = others[0]
    for challenger in others[1:]:
        question = Question("counter", left, challenger)
        if question not in asked:
            return question
        left = asked[question].won or left
    final = Question(stage, None, left)
    return None if final in asked else final


# --- Votes ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Count:
    """Yes, no, and those who abstain."""

    yes: int
    no: int
    abstains: int = 0

    @property
    def given(self) -> int:
        return self.yes + self.no + self.abstains


@dataclass(frozen=True)
class Settled:
    """Who won a vote and how: by majority, the chair's casting vote, lot, or a minority."""

    winner: Side
    method: str = "vote"
    is_casting: bool = False


def settle(
    count: Count,
    law: Law,
    *,
    stage: str,
    chair: str,
    present: int,
    is_election: bool = False,
    lot: Side | None = None,
    deferred_by_minority: bool = False,
) -> Settled:
    """What a vote gives (KL 5:55-56, 6:33).

    `chair` is how the chair voted ("" if not at all). A tie is settled by the chair's vote, in
    an election by `lot`. An assembly's minority, a share of those who are `present` whether they
    vote or not, can have a matter tabled or referred back, once (KL 5:50). Raises Conflict when
    the chair must vote (KL 4:25) and Invalid without the lot.
    """
    share = law.minority_referral
    is_minority = (
        stage == "settle_today"
        and share is not None
        and not deferred_by_minority
        and count.no <= count.yes
        and count.no > 0
        and count.no >= share * present
    )
    if is_minority:
        return Settled("second", "minority")
    if count.yes != count.no:
        return Settled("first" if count.yes > count.no else "second")
    if is_election:
        if lot is None:
            raise Invalid("lot_needed")
        return Settled(lot, "lot")
    if chair not in ("yes", "no"):
        raise Conflict("chair_must_vote")
    return Settled("first" if chair == "yes" else "second", is_casting=True)
