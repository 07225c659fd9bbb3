"""Workflows shown: complete, legible for everybody, and harmless inside a page."""

from __future__ import annotations

import re
from itertools import combinations

import pytest
from lxml import etree

from casework.workflow.definition import Definition, read_definition
from casework.workflow.diagram import mermaid, svg, text
from casework.workflow.layout import LABEL_LETTER, lay_out
from tests.support.workflows import shipped_workflows

SHIPPED = shipped_workflows()
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(params=sorted(SHIPPED))
def definition(request: pytest.FixtureRequest) -> Definition:
    return SHIPPED[request.param]


def drawn(picture: str) -> etree._Element:
    return etree.fromstring(picture.encode())


def words(picture: str) -> list[str]:
    return [each.text or "" for each in drawn(picture).iter(f"{SVG}text")]


def test_the_picture_names_every_state_and_step(definition: Definition) -> None:
    """Nothing is left out, in either language."""
    for language in ("sv", "en"):
        shown = words(svg(definition, language=language))
        for state in definition.states.values():
            assert state.label[language] in shown
        for step in definition.transitions:
            assert step.label[language] in shown


def test_the_picture_passes_a_strict_content_security_policy(definition: Definition) -> None:
    """Neither style nor script nor a foreign address: it may stand in any page."""
    picture = svg(definition, definition.initial)
    for element in drawn(picture).iter():
        assert element.tag not in (f"{SVG}style", f"{SVG}script", f"{SVG}image", f"{SVG}use")
        assert not [name for name in element.attrib if name == "style" or name.startswith("on")]
    assert picture.count("http") == 1  # the namespace


def test_the_picture_speaks_to_those_who_do_not_see_it(definition: Definition) -> None:
    """role=img with a title and the whole flow in words, the current state first."""
    root = drawn(svg(definition, definition.initial))
    assert root.get("role") == "img"
    title, desc = root[0], root[1]
    assert root.get("aria-labelledby") == f"{title.get('id')} {desc.get('id')}"
    assert title.text == definition.label["sv"]
    label = definition.states[definition.initial].label["sv"]
    assert (desc.text or "").startswith(f"Nu: {label}. ")
    for step in definition.transitions:
        assert step.label["sv"] in (desc.text or "")


def test_the_current_state_is_marked_by_more_than_colour(definition: Definition) -> None:
    """A heavier frame, a heavier name and a mark; visited ones have another mark."""
    visited, current = list(definition.states)[:2]
    root = drawn(svg(definition, current, [visited]))
    groups = {group.get("class"): group for group in root.iter(f"{SVG}g")}
    now = groups["workflow-state workflow-current"]
    before = groups["workflow-state workflow-visited"]
    assert now.find(f"{SVG}rect").get("stroke-width") == "3"
    assert now.find(f"{SVG}text").get("font-weight") == "700"
    marks = {group.find(f"{SVG}path").get("d")[-1] for group in (now, before)}
    assert len(marks) == 2


def test_no_label_meets_another(definition: Definition) -> None:
    """Every text has a place of its own, inside the picture."""
    for language in ("sv", "en"):
        root = drawn(svg(definition, language=language))
        width = float(root.get("width", "0"))
        places = []
        for each in root.iter(f"{SVG}text"):
            x, y = float(each.get("x", "0")), float(each.get("y", "0"))
            end = x + len(each.text or "") * LABEL_LETTER * 0.9
            places.append((x, y - 9, end, y + 2))
            assert 0 <= x <= end <= width
        for one, other in combinations(places, 2):
            apart = (
                one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]
            )
            assert apart, (definition.name, one, other)


def test_no_box_meets_another_and_no_two_lines_share_a_lane(definition: Definition) -> None:
    layout = lay_out(definition, "sv")
    for above, below in zip(layout.boxes, layout.boxes[1:], strict=False):
        assert above.y + above.height < below.y
    for lanes in (layout.right, layout.left):
        for one, other in combinations(lanes, 2):
            if one.column == other.column:
                assert one.last < other.first or other.last < one.first


def test_the_picture_fits_a_small_screen(definition: Definition) -> None:
    """At most 500 px wide: a phone shows it whole with letters that can be read."""
    assert lay_out(definition, "sv").width <= 500
    assert lay_out(definition, "en").width <= 500


def test_labels_are_text_and_never_markup(leave: str) -> None:
    """A label may hold any sign; the picture and the Mermaid text keep their form."""
    label = 'A <b>&amp; "b": c;'
    source = leave.replace("{sv: Prövad, en: Tried}", "{sv: 'A <b>&amp; \"b\": c;', en: x}")
    definition = read_definition(source, "leave.yaml")
    assert label in words(svg(definition))
    (line,) = [line for line in mermaid(definition).splitlines() if line.endswith(" as tried")]
    assert line == '    state "A #lt;b#gt;&amp#59; #quot;b#quot;#colon; c#59;" as tried'


def test_mermaid_has_every_edge(definition: Definition) -> None:
    edges = re.findall(r"^    (\S+) --> (\S+): ", mermaid(definition), re.MULTILINE)
    wanted = [(state, step.target) for step in definition.transitions for state in step.sources]
    assert edges == wanted


def test_text_shows_each_state_with_its_steps(leave: str) -> None:
    """The terminal's picture, line by line."""
    definition = read_definition(leave, "leave.yaml")
    assert text(definition, "tried").splitlines() == [
        "Ledighet (leave, version 1)",
        "  Begärd",
        "      Pröva → Prövad",
        "      Neka → Nekad",
        "▶ Prövad  (nu)",
        "      Lämna tillbaka → Begärd",
        "      Beviljad → Beviljad",
        "      Neka → Nekad",
        "  Beviljad  (slut)",
        "  Nekad  (slut)",
    ]


def test_the_same_definition_gives_the_same_picture(definition: Definition) -> None:
    """A picture in a page does not change from one load to the next."""
    assert svg(definition) == svg(read_definition(definition.source, definition.file))
