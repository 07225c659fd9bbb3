"""What is read from documents of the usual shapes, in all three file kinds."""

from __future__ import annotations

import datetime
import io
import os
from pathlib import Path

import docx
import pytest
import typst

from casework.documents.incoming import IncomingDocument, read_document, to_json, to_text

FIXTURES = Path(__file__).parent / "fixtures"


def read(name: str) -> IncomingDocument:
    return read_document((FIXTURES / name).read_bytes(), name)


def points(document: IncomingDocument) -> list[tuple[int | None, str]]:
    return [(point.number, point.text) for point in document.decision_points]


def recipients(document: IncomingDocument) -> list[str]:
    return [each["name"] for each in to_json(document)["recipients"]]


def signatories(document: IncomingDocument) -> list[tuple[str, str | None, bool]]:
    return [(each.name, each.title, each.acting) for each in document.signatories]


def headings(document: IncomingDocument) -> list[str | None]:
    return [section.heading for section in document.sections]


def test_a_double_spaced_forum_proposal_keeps_its_lead_in_and_clauses() -> None:
    """Each clause after "ställa sig bakom att" becomes one line of text, whole and certain."""
    document = read("forum_dubbelt_radavstand.txt")
    assert document.title is not None
    assert document.title.text == "Kollektivtrafik - gemensam linjekarta"
    assert document.body is not None
    assert document.body.text == "Nordbygdens Samverkansforum"
    assert document.lead_in is not None
    assert document.lead_in.text == "Nordbygdens Samverkansforum föreslås ställa sig bakom att"
    assert points(document) == [
        (
            1,
            (
                "regionen utgår från den gemensamma linjekartan när den planerar trafiken i det "
                "egna området under det kommande året."
            ),
        ),
        (
            2,
            (
                "meddela att kommunernas gemensamma trafikbolag svarar för de återstående delarna. "
                "De tas upp på bolagets stämma tillsammans med de andra uppgifter som rör "
                "linjekartan."
            ),
        ),
    ]
    assert not any(point.uncertain for point in document.decision_points)
    assert [point.place.number for point in document.decision_points] == [10, 16]
    assert headings(document) == ["Sammanfattning", "Information i ärendet"]


def test_bullets_become_markdown_and_wraps_are_joined() -> None:
    """A page of prose is reflowed: a hyphen that belongs to the word stays."""
    text = read("forum_dubbelt_radavstand.txt").sections[1].text
    assert "underlag för teknik- och trafikplanering i hela området." in text
    assert "\n\n- Linjekartan tas fram av de tre kommunerna i förening och ses över varje" in text
    assert "\n- Kartan trycks på papper" in text


def test_two_names_on_one_line_under_a_unit_are_two_signatories_without_title() -> None:
    """Nothing is invented for a title that the document does not write."""
    document = read("forum_dubbelt_radavstand.txt")
    assert signatories(document) == [
        ("Astrid Lindhult", None, False),
        ("Gunnar Ekeskog", None, False),
    ]
    assert document.recipients == []


def test_a_proposal_in_whole_sentences_is_read_with_signatories_and_recipients() -> None:
    """The title over two lines, the acting manager as acting, each recipient by itself."""
    document = read("namnd_egna_meningar.txt")
    answer = to_json(document)
    assert answer["title"] == (
        "Projekt: Cykelvägar längs sjön i den gemensamma översiktsplanen – första etappen"
    )
    assert points(document) == [
        (
            1,
            (
                "Trafiknämnden godkänner slutrapporten: Cykelvägar längs sjön i den gemensamma "
                "översiktsplanen – första etappen."
            ),
        ),
        (
            2,
            (
                "Trafiknämnden antar inriktningen för det fortsatta arbetet med cykelvägarna längs "
                "sjön."
            ),
        ),
    ]
    assert recipients(document) == [
        "Länsstyrelsen Sjölands län",
        "Kommunerna vid sjön",
        "Trafikförbundet Sjöland Norrbygden",
    ]
    assert signatories(document) == [
        ("Karin Storlund", "Regiondirektör", False),
        ("Olle Bergvall", "Områdeschef Hållbart resande", True),
    ]
    assert document.lead_in is None
    assert (answer["date"], answer["registration_number"]) == (None, None)


def test_a_line_that_starts_with_a_year_is_no_numbered_item() -> None:
    """ "… januari – maj / 2026. Arbetet …" stays one paragraph; so does a page break in one."""
    text = read("namnd_egna_meningar.txt").sections[0].text
    assert "perioden januari – maj 2026. Arbetet har betalats" in text
    assert "En sådan sammanhållning" in text


def test_the_body_taken_from_a_point_is_uncertain() -> None:
    """A body that only a decision sentence names is marked, one in the letterhead is not."""
    body = read("namnd_egna_meningar.txt").body
    assert body is not None
    assert (body.text, body.uncertain) == ("Trafiknämnden", True)


def test_assignments_in_running_prose_are_found_and_uncertain() -> None:
    """Who, what and when; a whole date is a day, "i september" stays in the document's words."""
    document = read("pm_uppdrag_i_text.txt")
    assert document.decision_points == []
    assert to_json(document)["assignments"] == [
        {
            "assignee": "regiondirektören",
            "text": "ta fram en handlingsplan för kompetensförsörjning senast den 15 maj 2026",
            "due": "2026-05-15",
            "uncertain": True,
        },
        {
            "assignee": "näringslivschefen",
            "text": "kartlägga företagens behov",
            "due": "september",
            "uncertain": True,
        },
        {
            "assignee": "Kommunerna",
            "text": "lämna uppgifter till kartläggningen",
            "due": None,
            "uncertain": True,
        },
    ]


def test_a_letterhead_gives_date_and_number_and_running_headers_are_dropped() -> None:
    """The second page's header is no part of the text."""
    document = read("pm_uppdrag_i_text.txt")
    assert document.date is not None
    assert document.date.day == datetime.date(2026, 2, 10)
    assert document.registration_number is not None
    assert document.registration_number.text == "RUN/14/2026"
    assert "Region Sjöland" not in document.sections[0].text


def test_slides_have_no_decisions() -> None:
    """Fragments stay fragments; nothing is taken for a decision, a signatory or a recipient."""
    document = read("bilder.txt")
    assert document.decision_points == document.assignments == []
    assert document.signatories == document.recipients == []
    assert document.title is not None
    assert document.title.uncertain
    assert "- fler gäster utanför säsong\n- lokal mat" in document.sections[0].text


def test_notes_of_an_informal_meeting_give_uncertain_tasks() -> None:
    """A to-do list names people loosely: every task is uncertain, one without a name has none."""
    document = read("minnesanteckningar.txt")
    assert [(a.assignee, a.text) for a in document.assignments] == [
        ("Anna", "kollar med kommunen om bidrag"),
        ("Bertil", "ringer tryckeriet senast 20 april"),
        (None, "boka nytt möte"),
    ]
    assert all(assignment.uncertain for assignment in document.assignments)
    assert document.decision_points == []
    assert document.date is not None
    assert document.date.uncertain


def test_an_excerpt_of_minutes_is_read() -> None:
    """§ line, decision, assignment list, recipients and who certified; wrapped words made whole."""
    document = read("protokollsutdrag.txt")
    answer = to_json(document)
    assert answer["title"] == "Strategi för vattenvård"
    assert (answer["date"], answer["registration_number"]) == ("2026-06-09", "RUN/31/2026")
    assert answer["body"] == "Regionala utvecklingsnämnden"
    assert points(document)[0] == (1, "antar strategin för vattenvård i länets sjösystem.")
    assert document.sections[0].text.endswith("redan görs i EU-projekt och i kommunerna.")
    assert recipients(document) == ["Länsstyrelsen", "Kommunerna i länet"]
    assert answer["assignments"][-1] == {
        "assignee": "Regiondirektören",
        "text": "redovisa arbetet med vattenvård",
        "due": "2026-12-08",
        "uncertain": False,
    }
    assert signatories(document) == [("Eva Nordkvist", "Nämndsekreterare", False)]


def test_a_letter_claims_little() -> None:
    """A letter has a date and a signatory; its sender's name as title is at best uncertain."""
    document = read("brev.txt")
    assert document.title is None or document.title.uncertain
    assert to_json(document)["date"] == "2026-04-04"
    assert document.decision_points == []
    assert [(s.name, s.title) for s in document.signatories] == [("Per Åkerlund", "Ordförande")]


def test_att_clauses_without_numbers_are_points_without_numbers() -> None:
    """What the document does not number has no number; "och" does not weld two clauses."""
    document = read("att_satser.txt")
    assert [number for number, _ in points(document)] == [None, None]
    assert points(document)[1][1].startswith("att ge teknisk chef i uppdrag att redovisa")
    assert [(s.title, s.acting) for s in document.signatories] == [
        ("Förvaltningschef", False),
        ("teknisk chef", True),
    ]
    assert [(r.text, r.uncertain) for r in document.recipients] == [
        ("Tekniska förvaltningen", True),
        ("Ängsparkens vänner", True),
        ("Revisionen", False),
    ]


def test_a_unit_above_the_labels_is_not_the_title() -> None:
    """A letterhead in lines of its own ends where its last label ends."""
    document = read("brevhuvud_i_rader.txt")
    answer = to_json(document)
    assert answer["title"] == "Samverkan om bredband på landsbygden i Sjölands län"
    assert (answer["date"], answer["registration_number"]) == ("2026-04-01", "RUN 2026-112")
    assert [text for _, text in points(document)] == [
        "ställa sig bakom inriktningen för bredband,",
        "ge utvecklingsdirektören i uppdrag att teckna avtal senast 30 juni 2026, samt",
        "förklara paragrafen omedelbart justerad.",
    ]
    assert answer["assignments"][0]["text"] == "teckna avtal senast 30 juni 2026"
    assert signatories(document) == [("Lena Holm", "Utvecklingsdirektör", False)]
    assert recipients(document) == [
        "Länsstyrelsen i Sjölands län",
        "Region Sjölands enhet för digital infrastruktur",
    ]


def test_short_att_clauses_on_lines_of_their_own_are_points() -> None:
    """A line that was ended on purpose ends its clause."""
    text = "Budget\n\nBeslut\nNämnden beslutar\natt anta budgeten\natt sända ärendet vidare\n"
    document = read_document(text.encode(), "a.txt")
    assert points(document) == [(None, "att anta budgeten"), (None, "att sända ärendet vidare")]


@pytest.mark.parametrize(
    "heading",
    [
        "Förslag till beslut",
        "Beslutsförslag",
        "Regiondirektörens förslag",
        "Förvaltningens förslag",
        "Förslag till beslut i nämnden",
        "Arbetsutskottets förslag till beslut:",
        "FÖRSLAG TILL BESLUT",
    ],
)
@pytest.mark.parametrize("recipients", ["Utdrag till", "Expedieras till:", "Kopia till"])
def test_headings_are_known_in_their_usual_forms(heading: str, recipients: str) -> None:
    """The same points and recipients whatever an organisation calls them."""
    text = f"Ny bro\n\n{heading}\n\n1. Nämnden antar planen.\n\n{recipients}\nKommunerna\n"
    document = read_document(text.encode(), "a.txt")
    assert points(document) == [(1, "Nämnden antar planen.")]
    assert [recipient.text for recipient in document.recipients] == ["Kommunerna"]


@pytest.mark.parametrize("written", ["Tf. ", "T.f. ", "Tf ", "tf. ", "Tillförordnad "])
def test_an_acting_title_loses_its_mark(written: str) -> None:
    """The title is the office; that it is held for a time is said by `acting`."""
    text = f"Ny bro\n\nBakgrund\nBron är gammal.\n\nI tjänsten\n\nEva Lund\n{written}Enhetschef\n"
    (signatory,) = read_document(text.encode(), "a.txt").signatories
    assert (signatory.title, signatory.acting) == ("Enhetschef", True)


def test_names_that_end_a_text_without_announcement_are_uncertain() -> None:
    """Without "I tjänsten" a name over a title is probably a signature, and marked as probable."""
    text = "Ny bro\n\nBakgrund\nBron är gammal och smal.\n\nEva Lund\nEnhetschef\n"
    document = read_document(text.encode(), "a.txt")
    assert [(s.name, s.uncertain) for s in document.signatories] == [("Eva Lund", True)]
    assert document.sections[0].text == "Bron är gammal och smal."


def test_two_decisions_in_one_document_are_both_uncertain() -> None:
    """Minutes of several items do not say which of them the reader is after."""
    text = "Protokoll\n\nBeslut\n1. Nämnden antar A.\n\nBeslut\n1. Nämnden antar B.\n"
    document = read_document(text.encode(), "a.txt")
    assert [point.uncertain for point in document.decision_points] == [True, True]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1", "utf-16", "utf-16-le"])
def test_every_usual_encoding_gives_the_same_reading(encoding: str) -> None:
    """å, ä and ö survive whichever program saved the file."""
    text = "Nya träd på ängen\n\nÄrendebeskrivning\nTräden växer långsamt.\n"
    document = read_document(text.encode(encoding), "a.txt")
    assert to_json(document)["title"] == "Nya träd på ängen"
    assert document.sections[0].text == "Träden växer långsamt."


def word_file() -> bytes:
    document = docx.Document()
    document.sections[0].header.paragraphs[0].text = "Region Sjöland\tTJÄNSTESKRIVELSE\t1(2)"
    _table(document, [["Maja Ekvall, handläggare", "Datum", "Dnr"], ["", "2026-03-02", "RUN/8/26"]])
    document.add_paragraph("Till Regionala utvecklingsnämnden")
    document.add_heading("Stöd till bygdebutiker", 1)
    document.add_heading("Beslutsförslag", 2)
    document.add_paragraph("Förvaltningen föreslår att nämnden beslutar")
    document.add_paragraph("att godkänna stödet till bygdebutiker", style="List Number")
    document.add_paragraph("att uppdra åt direktören att följa upp det", style="List Number")
    document.add_heading("Skäl & överväganden", 2)
    document.add_paragraph("Butikerna < 50 kvm har svårt att klara sig.")
    document.add_paragraph("lång öppettid", style="List Bullet")
    document.add_paragraph("drivmedel", style="List Bullet")
    document.add_paragraph("I tjänsten")
    _table(document, [["Karin Storlund", "Olle Bergvall"], ["Regiondirektör", "Tf. enhetschef"]])
    document.add_paragraph("Expedieras till")
    document.add_paragraph("Kommunerna i länet\nLänsstyrelsen")
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def _table(document: docx.document.Document, rows: list[list[str]]) -> None:
    table = document.add_table(rows=len(rows), cols=len(rows[0]))
    for index, texts in enumerate(rows):
        for cell, text in zip(table.rows[index].cells, texts, strict=True):
            cell.text = text


def test_a_word_file_is_read_with_its_styles_lists_and_tables() -> None:
    """Word's own numbers count as written; tables give their cells; & and < stay."""
    document = read_document(word_file(), "Tjänsteskrivelse.DOCX")
    answer = to_json(document)
    assert answer["title"] == "Stöd till bygdebutiker"
    assert (answer["date"], answer["registration_number"]) == ("2026-03-02", "RUN/8/26")
    assert answer["body"] == "Regionala utvecklingsnämnden"
    assert points(document) == [
        (1, "att godkänna stödet till bygdebutiker"),
        (2, "att uppdra åt direktören att följa upp det"),
    ]
    assert answer["sections"] == [
        {
            "heading": "Skäl & överväganden",
            "text": "Butikerna < 50 kvm har svårt att klara sig.\n\n- lång öppettid\n- drivmedel",
        }
    ]
    assert signatories(document) == [
        ("Karin Storlund", "Regiondirektör", False),
        ("Olle Bergvall", "enhetschef", True),
    ]
    assert recipients(document) == ["Kommunerna i länet", "Länsstyrelsen"]
    assert document.decision_points[0].place.unit == "paragraph"


def test_a_pdf_is_read_with_pages_and_without_headers_and_footers() -> None:
    """Values say their page; what every page repeats is not text."""
    document = read_document(typst.compile(FIXTURES / "tjansteskrivelse.typ"), "a.pdf")
    answer = to_json(document)
    assert answer["title"] == (
        "Gemensamt program för vattenvård i länets sjöar och vattendrag under den kommande "
        "mandatperioden"
    )
    assert (answer["date"], answer["registration_number"]) == ("2026-03-02", "RUN/7/2026")
    assert [number for number, _ in points(document)] == [1, 2]
    assert points(document)[1][1].endswith("programmet senast den 15 maj 2027.")
    assert answer["assignments"][0]["due"] == "2027-05-15"
    assert recipients(document) == ["Länsstyrelsen i Sjölands län", "Kommunerna i länet"]
    assert [(s.name, s.acting) for s in document.signatories] == [
        ("Karin Storlund", False),
        ("Olle Bergvall", True),
    ]
    assert document.recipients[0].place.page == 2
    assert "example.org" not in str(answer)


def test_the_terminal_shows_places_and_doubt_in_both_languages() -> None:
    """Every value with where it came from; "osäker" where it is."""
    document = read("namnd_egna_meningar.txt")
    swedish = to_text(document, "sv")
    assert "Organ: Trafiknämnden  [rad 21, osäker]" in swedish
    assert "Olle Bergvall, tf. Områdeschef Hållbart resande  [rad 33]" in swedish
    assert "Datum: –" in swedish
    assert "Body: Trafiknämnden  [line 21, uncertain]" in to_text(document, "en")


SEEDS = Path(os.environ.get("CASEWORK_SEEDS", Path(__file__).parents[4] / "shared" / "seeds"))


@pytest.mark.skipif(not SEEDS.is_dir(), reason="the two real documents are not here")
def test_the_two_real_documents_are_read_right() -> None:
    """The documents that the project grew from: exact points, recipients, signatories."""
    forum_name, committee_name = "kommunalt-forum-besoksnaring.txt", "run-strategisk-planering.txt"
    forum = read_document((SEEDS / forum_name).read_bytes(), forum_name)
    committee = read_document((SEEDS / committee_name).read_bytes(), committee_name)
    for document, name in ((forum, forum_name), (committee, committee_name)):
        source = " ".join((SEEDS / name).read_text(encoding="utf-8").split())
        assert all(point.text in source for point in document.decision_points)
        assert [point.number for point in document.decision_points] == [1, 2]
    assert forum.lead_in is not None
    assert forum.lead_in.text.endswith("ställa sig bakom att")
    assert forum.decision_points[0].text.startswith("regionen utifrån Regional")
    assert forum.decision_points[1].text.endswith("smålandslänen och besöksnäring.")
    assert headings(forum) == ["Sammanfattning", "Information i ärendet", "Bakgrund"]
    assert [(s.title, s.acting) for s in forum.signatories] == [(None, False), (None, False)]
    assert headings(committee) == ["Ärendebeskrivning"]
    assert committee.decision_points[0].text.endswith("utvecklingsarbetet – förberedande steg.")
    assert committee.decision_points[1].text.endswith("i det regionala utvecklingsarbetet.")
    assert len(committee.recipients) == 3
    assert [(s.title, s.acting) for s in committee.signatories] == [
        ("Regiondirektör", False),
        ("Områdeschef Hållbar tillväxt", True),
    ]
