"""What is minuted of the proceedings on an item: the six points of KL 5:67 in words."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from casework.documents.contexts import bullets, paragraphs
from casework.documents.markdown import introduced
from casework.meetings.table.motions import standing
from casework.meetings.wording import enumerate_names, in_a_sentence, proposal_of_body

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from casework.documents.contexts import Block
    from casework.meetings.models import AgendaItem, FloorProposal, Proposition, Statement
    from casework.meetings.table.law import Question

_NOUNS = {
    "approval": "bifall",
    "rejection": "avslag",
    "amendment": "ändring",
    "addition": "tillägg",
    "referral_back": "återremiss",
    "tabling": "bordläggning",
}
_PLAIN_HEADINGS = ("Förslag till beslut", "Beslutsförslag")


def proceedings_of(item: AgendaItem) -> dict[str, tuple[Block, ...]]:
    """The sections that the proceedings give, by their names in `PROCEEDINGS`; empty ones too."""
    return {
        "recusal": paragraphs(*_recusals(item)),
        "presiding": paragraphs(*_presiding(item)),
        "floor_proposals": paragraphs(*(moved_line(item, each) for each in standing(item))),
        "proposition_order": paragraphs(*(question_line(item, each) for each in item.propositions)),
        "vote": tuple(_votes(item)),
        "not_taking_part": paragraphs(*_standing_aside(item)),
        "reservations": tuple(_reservations(item)),
        "separate_statements": tuple(_spoken(item, "separate_statement")),
        "notes": tuple(_spoken(item, "minutes_note")),
    }


def papers_proposal(item: AgendaItem) -> str:
    """`regiondirektörens` or `arbetsutskottets förslag`, as it is called in the minutes."""
    if item.proposed_by:
        return proposal_of_body(in_a_sentence(item.proposed_by))
    heading = item.meeting.body.proposal_heading
    if heading in _PLAIN_HEADINGS:
        return "förslaget till beslut"
    return heading[:1].lower() + heading[1:]


def _recusals(item: AgendaItem) -> Iterator[str]:
    for recusal in item.recusals:
        stands_in = (
            f" {recusal.substitute.name_with_party} tjänstgör i stället."
            if recusal.substitute
            else ""
        )
        yield (
            f"{recusal.person.name_with_party} anmäler jäv och är inte närvarande när ärendet"
            f" handläggs.{stands_in}"
        )


def _presiding(item: AgendaItem) -> Iterator[str]:
    """Who was elected to lead it, if that one did: a chair who came back led it after all."""
    elected = item.elected_chair
    if elected is not None and item.led_by_id in (None, elected.id):
        yield (
            f"Varken ordföranden eller någon vice ordförande deltar i ärendet."
            f" {item.meeting.body.name} väljer {elected.name_with_party} att leda det."
        )


def moved_line(item: AgendaItem, proposal: FloorProposal) -> str:
    """`NN (X) yrkar …`, with those who joined."""
    name = proposal.mover.name_with_party
    ending = {
        "approval": f"bifall till {papers_proposal(item)}.",
        "rejection": "avslag.",
        "amendment": f"följande ändring{_of_point(proposal)}: {proposal.text}",
        "addition": f"följande tillägg: {proposal.text}",
        "referral_back": "att ärendet återremitteras.",
        "tabling": "att ärendet bordläggs.",
    }[proposal.kind]
    if proposal.kind in ("referral_back", "tabling", "rejection") and proposal.text:
        ending = f"{ending[:-1]} med följande motivering: {proposal.text}"
    names = _names(item, proposal.supporters)
    joined = f" {enumerate_names(names)} instämmer." if names else ""
    return f"{name} yrkar {ending}{joined}"


def _names(item: AgendaItem, person_ids: Sequence[int]) -> list[str]:
    known = {row.person_id: row.person.name_with_party for row in item.meeting.attendances}
    return [known[person_id] for person_id in person_ids if person_id in known]


def called(item: AgendaItem, proposal: FloorProposal | None) -> str:
    """How a proposal is named in a sentence; None is that of the papers."""
    if proposal is None:
        return papers_proposal(item)
    what = f"{_NOUNS[proposal.kind]}{_of_point(proposal)}"
    return f"yrkandet om {what} från {proposal.mover.name_with_party}"


def _of_point(proposal: FloorProposal) -> str:
    return f" av punkt {proposal.point}" if proposal.point is not None else ""


def question_line(item: AgendaItem, put: Proposition) -> str:
    """What the chair asked, and by acclamation found."""
    asked = _asked(item, put)
    if put.method == "acclamation":
        return f"{asked} och finner att {_found(item, put)}."
    return f"{asked}. Omröstning begärs."


def _asked(item: AgendaItem, put: Proposition) -> str:
    first, second = called(item, put.first), called(item, put.second)
    if put.stage == "settle_today":
        later = _later(put.second)
        return f"Ordföranden ställer proposition på om ärendet ska avgöras i dag eller {later}"
    if put.stage == "counter":
        return f"Ordföranden ställer {first} mot {second} för att få fram ett motförslag"
    if put.stage == "addition":
        return f"Ordföranden ställer proposition på {first}"
    return f"Ordföranden ställer {first} mot {second}"


def _later(proposal: FloorProposal | None) -> str:
    is_tabling = proposal is not None and proposal.kind == "tabling"
    return "bordläggas" if is_tabling else "återremitteras"


def _found(item: AgendaItem, put: Proposition) -> str:
    """What the question gave, as a clause: "nämnden beslutar enligt …"."""
    body = item.meeting.body.name
    won = put.first if put.winner == "first" else put.second
    if put.stage == "settle_today":
        when = "avgöras i dag" if put.winner == "first" else _later(put.second)
        return f"{body} beslutar att ärendet ska {when}"
    if put.stage == "counter":
        return f"{called(item, won)} blir motförslag"
    if put.stage == "addition":
        return f"{body} {'bifaller' if put.winner == 'first' else 'avslår'} det"
    return f"{body} beslutar enligt {called(item, won)}"


def vote_line(item: AgendaItem, put: Proposition) -> str:
    """What the vote gave, in one sentence; "" for an acclamation."""
    return "" if put.method == "acclamation" else _counted(item, put)


def stakes_line(item: AgendaItem, question: Question, moved: Mapping[int, FloorProposal]) -> str:
    """What a yes and a no mean in a vote on the chair's next question."""
    return _stakes(
        item, question.stage, moved.get(question.first or 0), moved.get(question.second or 0)
    )


def _votes(item: AgendaItem) -> Iterator[Block]:
    for put in item.propositions:
        if put.method == "acclamation":
            continue
        yield from paragraphs(_stakes(item, put.stage, put.first, put.second), _counted(item, put))
        yield from bullets(*_ballots(put))


def _stakes(
    item: AgendaItem, stage: str, yes: FloorProposal | None, no: FloorProposal | None
) -> str:
    if stage == "settle_today":
        return f"Ja-röst för att ärendet avgörs i dag, nej-röst för att det ska {_later(no)}."
    first, second = called(item, yes), called(item, no)
    if stage == "addition":
        return f"Ja-röst för bifall till {first}, nej-röst för avslag på det."
    return f"Ja-röst för {first}, nej-röst för {second}."


def _counted(item: AgendaItem, put: Proposition) -> str:
    count = f"{_many(put.yes_votes or 0, 'ja')} och {_many(put.no_votes or 0, 'nej')}"
    abstained = f" ({put.abstentions} avstår)" if put.abstentions else ""
    how = {
        "vote": " genom ordförandens utslagsröst" if put.is_casting else "",
        "lot": " genom lottning",
        "minority": " sedan minst en tredjedel av de närvarande begärt det",
    }[put.method]
    return f"Med {count}{abstained} finner ordföranden att {_found(item, put)}{how}."


def _many(number: int, kind: str) -> str:
    return f"{number} {kind}-{'röst' if number == 1 else 'röster'}"


def _ballots(put: Proposition) -> Iterator[str]:
    for choice, label in (("yes", "Ja"), ("no", "Nej"), ("abstains", "Avstår")):
        names = [each.person.name_with_party for each in put.ballots if each.choice == choice]
        if names:
            yield f"{label}: {', '.join(names)}."


def _standing_aside(item: AgendaItem) -> Iterator[str]:
    names = [e.person.name_with_party for e in item.statements if e.kind == "not_taking_part"]
    if names:
        yield f"{enumerate_names(names)} deltar inte i beslutet."


def _reservations(item: AgendaItem) -> Iterator[Block]:
    for (text, _favours), statements in _alike(item, "reservation"):
        names = [each.person.name_with_party for each in statements]
        favours = statements[0].favours
        own = favours is not None and favours.mover_id in {each.person_id for each in statements}
        towards = "eget yrkande" if own and len(names) == 1 else called(item, favours)
        for_what = f" till förmån för {towards}" if favours is not None else ""
        start = f"{enumerate_names(names)} reserverar sig mot beslutet{for_what}"
        yield from introduced(start, text)


def _spoken(item: AgendaItem, kind: str) -> Iterator[Block]:
    said = {
        "separate_statement": "lämnar ett särskilt yttrande",
        "minutes_note": "lämnar en anteckning till protokollet",
    }[kind]
    for (text, _favours), statements in _alike(item, kind):
        names = [each.person.name_with_party for each in statements]
        yield from introduced(f"{enumerate_names(names)} {said}", text)


def _alike(item: AgendaItem, kind: str) -> Iterable[tuple[tuple[str, int], list[Statement]]]:
    """Statements of a kind, those with the same words and aim together."""

    def words(statement: Statement) -> tuple[str, int]:
        return statement.text, statement.favours_id or 0

    chosen = sorted((each for each in item.statements if each.kind == kind), key=words)
    return [(key, list(group)) for key, group in groupby(chosen, key=words)]
