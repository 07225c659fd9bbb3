"""What Word files hold is read as Word shows it, or told as not read."""

from __future__ import annotations

import json
from typing import Any

from casework.documents.compile import compile_template
from casework.documents.contexts import to_json as context_json
from casework.documents.incoming import read_document, to_json, to_text
from tests.documents.incoming.word_parts import heading, item, paragraph, run, table, word
from tests.documents.word_files import samples, template


def read(body: str, **more: Any) -> dict[str, Any]:
    """The reading of a matter with this body as its story."""
    story = heading("Ny gång över Kvarnån", "T") + heading("Ärendebeskrivning") + body
    return to_json(read_document(word(story, **more), "a.docx"))


def story(body: str, **more: Any) -> str:
    return "\n".join(section["text"] for section in read(body, **more)["sections"])


def decided(items: str) -> list[tuple[int | None, str]]:
    answer = read(heading("Beslut") + paragraph("Nämnden beslutar") + items)
    return [(point["number"], point["text"]) for point in answer["decision_points"]]


def test_a_text_box_follows_its_paragraph_once() -> None:
    """The paragraph stays whole, and the copy kept for older programs is passed over."""
    box = f"<w:txbxContent>{paragraph('Rutan: spången är från 1962.')}</w:txbxContent>"
    drawing = (
        f"<w:r><mc:AlternateContent><mc:Choice><w:drawing><wps:txbx>{box}</wps:txbx></w:drawing>"
        f"</mc:Choice><mc:Fallback><w:pict><v:textbox>{box}</v:textbox></w:pict></mc:Fallback>"
        "</mc:AlternateContent></w:r>"
    )
    text = story(paragraph(run("Priset är lågt. ") + drawing + run("Bygget tar en vecka.")))
    assert text == "Priset är lågt. Bygget tar en vecka.\n\nRutan: spången är från 1962."


def test_tracked_changes_are_accepted() -> None:
    """Deleted and moved text goes, inserted stays, and a deleted mark joins two paragraphs."""
    moved = f'<w:moveFrom w:id="1">{run("att hyra ut lokalen.")}</w:moveFrom>'
    here = f'<w:moveTo w:id="2">{run("att hyra ut lokalen.")}</w:moveTo>'
    gone = '<w:del w:id="3"><w:r><w:delText>att sälja den.</w:delText></w:r></w:del>'
    assert decided(
        item(moved, mark="<w:moveFrom/>") + item("att köpa huset.") + item(here)
        + item(gone, mark="<w:del/>") + item(f'<w:ins w:id="4">{run("att måla.")}</w:ins>')
    ) == [(1, "att köpa huset."), (2, "att hyra ut lokalen."), (3, "att måla.")]  # fmt: skip
    first = paragraph("Avgiften sänks,", "<w:rPr><w:del/></w:rPr>")
    assert story(first + paragraph(" men bara för barn.")) == "Avgiften sänks, men bara för barn."


def test_hidden_text_is_not_read() -> None:
    """Neither what the run hides nor what its style does."""
    hidden = run(" Obs internt!", "<w:vanish/>") + run(" Tas bort.", '<w:rStyle w:val="Gone"/>')
    assert story(paragraph(run("Tavlan flyttas.") + hidden)) == "Tavlan flyttas."


def test_what_only_invites_to_write_is_no_text() -> None:
    """An empty content control gives no point and no recipient; a filled one does."""

    def control(text: str, *, shown: str = "") -> str:
        return f"<w:sdt><w:sdtPr>{shown}</w:sdtPr><w:sdtContent>{run(text)}</w:sdtContent></w:sdt>"

    empty = control("Skriv här.", shown="<w:showingPlcHdr/>")
    answer = read(
        heading("Beslut") + item(control("att bevilja stödet.")) + item(empty)
        + heading("Beslutet skickas till") + paragraph(empty)
    )  # fmt: skip
    assert [point["text"] for point in answer["decision_points"]] == ["att bevilja stödet."]
    assert answer["recipients"] == []


def test_numbers_are_those_that_word_shows() -> None:
    """Start values, a list that goes on, one that starts anew, and letters inside a point."""
    text = story(paragraph("Kvar är") + item("taket,", 2) + item("golvet.", 2))
    assert text.endswith("7. taket,\n8. golvet.")
    assert decided(
        item("att hyra ut på villkor att", 3) + item("hyran betalas,", 3, 1)
        + item("huset vårdas,", 3, 1) + item("att ge chefen i uppdrag att skriva avtal.", 3)
    ) == [
        (1, "att hyra ut på villkor att\na) hyran betalas,\nb) huset vårdas,"),
        (2, "att ge chefen i uppdrag att skriva avtal."),
    ]  # fmt: skip


def test_a_line_break_does_not_end_a_point() -> None:
    """Shift and Enter, or a page break, inside a point; in other text the line break stays."""
    soft = run("att byta taket") + "<w:r><w:br/></w:r>" + run("på hela huset.")
    assert decided(item(soft) + item("att måla.")) == [
        (1, "att byta taket på hela huset."),
        (2, "att måla."),
    ]
    assert story(paragraph(soft.replace("att ", "Att "))) == "Att byta taket\npå hela huset."


def test_tables_keep_their_cells() -> None:
    """Empty cells hold their place, a table in a cell stays in it, and a merged one is one."""
    inner = table(("Tält", "3"), ("Kåsor", "9")) + paragraph("Allt hyrs.")
    text = story(table(("Post", "2026", "2027"), ("Hyra", "", "50 000"), (inner, "", "7")))
    assert text.split("\n") == [
        "| Post | 2026 | 2027 |",
        "| --- | --- | --- |",
        "| Hyra |  | 50 000 |",
        "| Tält 3; Kåsor 9 Allt hyrs. |  | 7 |",
    ]


def test_a_layout_table_is_read_as_the_text_that_it_sets() -> None:
    """One column with headings, and labels beside their text."""
    answer = to_json(read_document(word(table(
        ("Ärende", "Ny brandbil"), ("Datum", "2026-02-03"),
        ("Bakgrund", "Den gamla bilen rostar."),
        ("Förslag till beslut", "Räddningsnämnden köper en brandbil."),
        ("Skickas till", "Verkstaden"),
    )), "a.docx"))  # fmt: skip
    assert (answer["title"], answer["date"]) == ("Ny brandbil", "2026-02-03")
    assert [point["text"] for point in answer["decision_points"]] == [
        "Räddningsnämnden köper en brandbil."
    ]
    assert [each["name"] for each in answer["recipients"]] == ["Verkstaden"]


def test_signs_formulas_and_boxes_are_written_out() -> None:
    """Symbol fonts, a fraction with an exponent, ticked boxes, odd spaces and hyphens."""
    symbol = '<w:r><w:sym w:font="Symbol" w:char="F0A3"/></w:r>'
    fraction = (
        "<m:oMath><m:f><m:num><m:r><m:t>a</m:t></m:r></m:num><m:den><m:sSup><m:e><m:r><m:t>b"
        "</m:t></m:r></m:e><m:sup><m:r><m:t>2</m:t></m:r></m:sup></m:sSup></m:den></m:f></m:oMath>"
    )
    tick = '<w:r><w:sym w:font="Wingdings" w:char="F0FD"/></w:r>'
    hyphen = (
        "<w:r><w:t>Ö</w:t><w:noBreakHyphen/><w:t>vik, sam</w:t><w:softHyphen/><w:t>råd</w:t></w:r>"
    )
    text = story(
        paragraph(
            run("x ") + symbol + run(" 5, ") + fraction + run(" ") + tick + run(" Ja ") + hyphen
        )
    )
    assert text == "x ≤ 5, a/b² ☒ Ja Ö-vik, samråd"


def test_notes_stand_in_brackets() -> None:
    """A footnote is kept where it is referred to."""
    note = f'<w:footnote w:id="4">{paragraph("Med 2026 års priser.")}</w:footnote>'
    reference = '<w:r><w:footnoteReference w:id="4"/></w:r>'
    text = story(paragraph(run("Det kostar.") + reference), footnotes=note)
    assert text == "Det kostar. [Med 2026 års priser.]"


def test_headings_are_known_by_what_their_style_is_based_on() -> None:
    """A house style of its own is a heading, even with a full stop; contents are left out."""
    answer = read(
        paragraph(run("Vatten") + "<w:r><w:tab/></w:r>" + run("4"), '<w:pStyle w:val="Toc"/>')
        + heading("Vatten och avlopp.", "Own") + paragraph("Rören är gamla.")
    )  # fmt: skip
    assert [section["heading"] for section in answer["sections"]][1:] == ["Vatten och avlopp."]
    assert "Vatten\t" not in str(answer["sections"])
    assert [section["text"] for section in answer["sections"]] == ["", "Rören är gamla."]


def test_strict_open_xml_is_read_alike() -> None:
    """Word's "Strict" form has other names for the same things."""
    assert story(paragraph("Bron är stängd."), strict=True) == "Bron är stängd."


def test_what_is_not_read_is_told_with_its_place() -> None:
    """A picture, another file inside, a sign that only its font knows: in JSON and in words."""
    picture = "<w:r><w:drawing><pic:pic/></w:drawing></w:r>"
    odd = '<w:r><w:sym w:font="Kommunens logotyp" w:char="F041"/></w:r>'
    body = paragraph(run("Se bilden.") + picture + odd) + '<w:altChunk r:id="x"/>'
    answer = read(body)
    assert [each["what"] for each in answer["not_read"]] == ["picture", "part", "symbol"]
    assert answer["not_read"][0]["place"] == {"unit": "paragraph", "number": 3, "page": None}
    document = read_document(word(heading("T", "T") + heading("Bakgrund") + body), "a.docx")
    assert "En bild  [stycke 3]" in to_text(document, "sv")
    assert "A picture  [paragraph 3]" in to_text(document, "en")


def test_signs_of_markdown_stay_signs() -> None:
    """The JSON says what a reader sees; what a matter keeps is escaped."""
    said = ["+ 4 procent mot 2025.", "3*4*5 kronor", "> 30 personer", "# står för nummer"]
    body = "".join(map(paragraph, [text.replace(">", "&gt;") for text in said]))
    document = read_document(word(heading("T", "T") + heading("Bakgrund") + body), "a.docx")
    assert document.sections[0].text == "\n\n".join(said)
    assert document.sections[0].markdown == (
        "\\+ 4 procent mot 2025.\n\n3\\*4\\*5 kronor\n\n\\> 30 personer\n\n\\# står för nummer"
    )


def test_our_own_proposals_are_read_back_whole() -> None:
    """Title, date, number, body, points, recipients, attachments and signatories, all certain."""
    for kind, _, sample in samples():
        if kind != "proposal":
            continue
        data = context_json(sample)
        answer = to_json(read_document(compile_template(template(kind)).render(data), "a.docx"))
        for name in ("title", "date", "registration_number", "body"):
            assert answer[name] == data[name]
        assert answer["uncertain"] == []
        points = [point["text"] for point in data["points"]]
        assert [point["text"] for point in answer["decision_points"]] == points
        assert [each["name"] for each in answer["recipients"]] == data["recipients"]
        assert [each["title"] for each in answer["attachments"]] == data["attachments"]
        assert [
            {name: who[name] for name in ("name", "title", "acting")}
            for who in answer["signatories"]
        ] == data["signatories"]
        assert "true" not in json.dumps([answer[name] for name in ("recipients", "attachments")])
