"""Where one writes at length nothing is lost: each such form keeps drafts, or says why not.

Told from the templates, so that a page that comes tomorrow is found too.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from casework.delegation.models import DelegatedDecision
from casework.followup.models import Assignment
from casework.matters.models import Matter
from casework.meetings.models import AgendaItem
from casework.web.frame.drafts import may_keep

from .catalogue import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator

PAGES = ROOT / "templates" / "web"
FORM = re.compile(r"<form\b(?P<tag>[^>]*)>(?P<inside>.*?)</form>", re.DOTALL)
# What gives a field for long text: written out, a row of them, or whatever a form class declares.
LONG = re.compile(r"<textarea|\bfield\(|\bcaller\(\)|_row\(|\bformal_item\(|\bnotes\(")
KEEPS = re.compile(r"\bwriting\b|\bdata-live\b")

EXCEPTIONS = {
    "_components/excerpt.html": "the recipient's: nobody is signed in, and writes a name",
    "sign_in.html": "the door: nothing of it is ever kept",
    "styleguide/forms.html": "samples that save nothing",
    "returned/sign_in.html": "signs in; what was written is carried along",
    "bodies/series.html": "the second page goes on with the draft of the first",
}


def forms() -> Iterator[tuple[str, str, str]]:
    """Each form with a field for long text: its file, its tag and what is in it."""
    for file in sorted(PAGES.rglob("*.html")):
        for form in FORM.finditer(file.read_text(encoding="utf-8")):
            if LONG.search(form["inside"]):
                yield str(file.relative_to(PAGES)), form["tag"], form["inside"]


def test_each_form_with_long_text_keeps_drafts() -> None:
    """No text is ever lost: a form for long text keeps a draft, unless it says here why not."""
    lacking = {file for file, tag, _ in forms() if not KEEPS.search(tag)}
    assert lacking == EXCEPTIONS.keys()


def test_a_row_with_long_text_belongs_to_such_a_form() -> None:
    """A row in a macro of its own does not slip through: its file has a form that keeps drafts."""
    keeping = {file for file, tag, _ in forms() if KEEPS.search(tag)}
    for file in sorted(PAGES.rglob("*.html")):
        outside = FORM.sub("", file.read_text(encoding="utf-8"))
        name = str(file.relative_to(PAGES))
        if name == "returned/_written.html":  # stands in the forms of that folder alone
            continue
        if "<textarea" in outside and "readonly" not in outside:
            assert name in keeping, name


def test_the_rule_sees_the_pages_that_it_is_for() -> None:
    """The look-out is not blind: the pages where one writes most are among what it judges."""
    seen = {file for file, _tag, _ in forms()}
    assert seen >= {
        *("agenda/item.html", "matters/text.html", "matters/new.html", "minutes/edit.html"),
        *("assignments/show.html", "delegation/text.html", "delegation/new_decision.html"),
        *("table/_part.html", "_components/confirm.html", "meetings/show.html"),
    }


def test_nothing_is_kept_of_what_is_secret_or_hidden() -> None:
    """A secret matter in whatever is written of it, and one that the reader may not see."""
    secret, other = Matter(secrecy_provision="OSL 21:1"), Matter(secrecy_provision="")
    kinds = {"is_closed": False, "exercises_authority": False}
    for matter, keeps in ((secret, False), (other, True)):
        assert may_keep(matter) is keeps
        assert may_keep(AgendaItem(matter_id=1, matter=matter, **kinds)) is keeps
        assert may_keep(DelegatedDecision(matter_id=1, matter=matter)) is keeps
        assert may_keep(Assignment(matter_id=1, matter=matter)) is keeps
    assert not may_keep(AgendaItem(matter_id=1, **kinds))
    assert not may_keep(DelegatedDecision(matter_id=1))
    assert may_keep(AgendaItem(**kinds), DelegatedDecision())
