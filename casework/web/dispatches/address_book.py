"""The address book: recipients of excerpts and the groups that they are in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from casework.distribution import queries
from casework.distribution.address_book import FIELDS, rename_group, revise_recipient
from casework.distribution.service import KEEPERS, add_group, add_recipient, set_members
from casework.errors import Refusal, Stale
from casework.phrases import sentence
from casework.web.components.chronicle import chronicle
from casework.web.components.lines import verb
from casework.web.components.paging import Part
from casework.web.frame.asked import fitting, whole_number
from casework.web.frame.language import reader_language
from casework.web.frame.session import SIGNED_IN, acting, permits, reading, signed_in
from casework.web.shapes import HistoryEntry

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

    from casework.audit.models import AuditEntry
    from casework.context import Context
    from casework.distribution.models import Recipient, RecipientGroup

PAGE = 50
FOUND = 20
GROUPS = 20
USED = {"": True, "ended": False, "all": None}

blueprint = Blueprint("address_book", __name__, url_prefix="/recipients")


@blueprint.get("")
@permits(SIGNED_IN)
def listing() -> str:
    """The address book page by page, found by a word; and the groups."""
    return _listing()


@blueprint.post("")
@permits(*sorted(KEEPERS))
def add() -> str | tuple[str, int] | Response:
    """A new recipient; what was written stays when something is wrong with it."""
    written = _written()
    try:
        with acting() as context:
            add_recipient(context, **_fitting(written))
    except Refusal as refusal:
        return _listing(written, _told(refusal)), refusal.status
    flash(_("%(name)s finns nu i adressboken.", name=written["name"]), "success")
    return redirect(url_for(".listing"), 303)


@blueprint.get("/<int:recipient_id>")
@permits(SIGNED_IN)
def show(recipient_id: int) -> str:
    """A recipient: address, groups and what has been changed; its keepers see the form."""
    with reading() as context:
        return _shown(context, recipient_id)


@blueprint.post("/<int:recipient_id>")
@permits(*sorted(KEEPERS))
def revise(recipient_id: int) -> tuple[str, int] | Response:
    """Change name, address or note; what was dispatched keeps those that it had."""
    written = _written()
    try:
        with acting() as context:
            row = queries.recipient(context.session, context.organisation_id, recipient_id)
            revise_recipient(context, row, expected_version=_version(), **_fitting(written))
    except Refusal as refusal:
        with reading() as context:
            return _shown(context, recipient_id, written, _told(refusal)), refusal.status
    flash(_("Uppgifterna är sparade."), "success")
    return redirect(url_for(".show", recipient_id=recipient_id), 303)


@blueprint.post("/<int:recipient_id>/use")
@permits(*sorted(KEEPERS))
def use(recipient_id: int) -> Response:
    """Take a recipient out of use, or into use again."""
    is_active = request.form.get("is_active") == "yes"
    with acting() as context:
        row = queries.recipient(context.session, context.organisation_id, recipient_id)
        revise_recipient(context, row, expected_version=_version(), is_active=is_active)
        name = row.name
    if is_active:
        flash(_("%(name)s är i bruk igen.", name=name), "success")
    else:
        flash(_("%(name)s används inte längre.", name=name), "success")
    return redirect(url_for(".show", recipient_id=recipient_id), 303)


@blueprint.get("/groups")
@permits(SIGNED_IN)
def all_groups() -> str:
    """Every group, page by page."""
    after = request.args.get("after", type=whole_number)
    with reading() as context:
        return render_template("recipients/groups.html", **_groups(context, after, PAGE))


@blueprint.post("/groups")
@permits(*sorted(KEEPERS))
def new_group() -> Response:
    """A new group, without members yet."""
    with acting() as context:
        group = add_group(context, name=fitting(request.form.get("name", ""), 200), members=[])
        context.session.flush()
        address = url_for(".group", group_id=group.id)
    return redirect(address, 303)


@blueprint.get("/groups/<int:group_id>")
@permits(SIGNED_IN)
def group(group_id: int) -> str:
    """A group with its members; its keepers find others to add by a word."""
    with reading() as context:
        row = queries.group(context.session, context.organisation_id, group_id)
        return _group_page(context, row)


@blueprint.post("/groups/<int:group_id>")
@permits(*sorted(KEEPERS))
def members(group_id: int) -> Response:
    """Who is in a group from now on; what was sent before stays as it was."""
    with acting() as context:
        group = queries.group(context.session, context.organisation_id, group_id)
        if _version() not in (None, group.version):
            raise Stale("stale")
        ids = request.form.getlist("member", type=whole_number)
        chosen = queries.recipients_named(context.session, context.organisation_id, ids)
        set_members(context, group, chosen)
    flash(_("Gruppen är sparad."), "success")
    return redirect(url_for(".group", group_id=group_id), 303)


@blueprint.post("/groups/<int:group_id>/name")
@permits(*sorted(KEEPERS))
def rename(group_id: int) -> tuple[str, int] | Response:
    """Another name for a group."""
    name = request.form.get("name", "")
    try:
        with acting() as context:
            row = queries.group(context.session, context.organisation_id, group_id)
            rename_group(context, row, fitting(name, FIELDS["name"]), _version())
    except Refusal as refusal:
        with reading() as context:
            row = queries.group(context.session, context.organisation_id, group_id)
            return _group_page(context, row, name, _told(refusal)), refusal.status
    flash(_("Gruppen är sparad."), "success")
    return redirect(url_for(".group", group_id=group_id), 303)


def _listing(written: dict[str, str] | None = None, problem: str = "") -> str:
    question, used = request.args.get("q", "")[:200], request.args.get("used", "")
    after = request.args.get("after", type=whole_number)
    used = used if used in USED else ""
    with reading() as context:
        own, asked = context.organisation_id, (question, USED[used])
        statement = queries.recipients(
            own, question=question, is_active=USED[used], after=after, limit=PAGE + 1
        )
        rows = list(context.session.scalars(statement))
        given = (("q", question), ("used", used))
        filled: dict[str, Any] = {name: value for name, value in given if value}
        more = len(rows) > PAGE
        return render_template(
            "recipients/list.html",
            recipients=rows[:PAGE],
            count=queries.count_recipients(context.session, own, *asked),
            **_groups(context, None, GROUPS),
            keeps=bool(signed_in().roles & KEEPERS),
            asked={"q": question, "used": used},
            filled=filled,
            older=url_for(".listing", **filled, after=rows[PAGE - 1].id) if more else "",
            newer=url_for(".listing", **filled) if after else "",
            longest=FIELDS,
            written=written or dict.fromkeys(FIELDS, ""),
            problem=problem,
        )


def _groups(context: Context, after: int | None, most: int) -> dict[str, Any]:
    """A page of the groups with their sizes, and where the next begins."""
    statement = queries.group_names(context.organisation_id, after=after, limit=most + 1)
    rows = list(context.session.scalars(statement))
    sizes = queries.sizes(context.session, rows[:most])
    place = rows[most - 1].id if len(rows) > most else None
    return {
        "groups": [(row, sizes.get(row.id, 0)) for row in rows[:most]],
        "more_groups": url_for(".all_groups", after=place) if place else "",
        "first_groups": url_for(".all_groups") if after else "",
    }


def _shown(
    context: Context, recipient_id: int, written: dict[str, str] | None = None, problem: str = ""
) -> str:
    own = context.organisation_id
    row = queries.recipient(context.session, own, recipient_id)
    keeps = bool(signed_in().roles & KEEPERS)
    return render_template(
        "recipients/show.html",
        recipient=row,
        keeps=keeps,
        details=written or {field: getattr(row, field) for field in FIELDS},
        longest=FIELDS,
        groups=list(context.session.scalars(queries.groups_of(own, row.id))),
        history=chronicle(context, row, url_for(".show", recipient_id=row.id), _entry)
        if keeps
        else Part([]),
        problem=problem,
    )


def _group_page(
    context: Context, row: RecipientGroup, name: str | None = None, problem: str = ""
) -> str:
    question = request.args.get("q", "")[:200]
    keeps = bool(signed_in().roles & KEEPERS)
    inside = {each.recipient_id for each in row.members}
    found: list[Recipient] = []
    if question.strip() and keeps:
        asked = queries.recipients(
            context.organisation_id, question=question, is_active=True, limit=FOUND + len(inside)
        )
        matching = (each for each in context.session.scalars(asked) if each.id not in inside)
        found = list(matching)[:FOUND]
    return render_template(
        "recipients/group.html",
        group=row,
        keeps=keeps,
        question=question,
        found=found,
        name=row.name if name is None else name,
        longest=FIELDS["name"],
        history=chronicle(context, row, url_for(".group", group_id=row.id), _entry)
        if keeps
        else Part([]),
        problem=problem,
    )


def _entry(entry: AuditEntry) -> HistoryEntry:
    """What was done, and from what to what; of a group its members."""
    detail: dict[str, Any] = entry.detail
    changes = [
        f"{detail['before'][field] or '–'} → {after or '–'}"
        for field, after in detail.get("after", {}).items()
        if field != "is_active"
    ]
    told = [*changes, ", ".join(detail.get("members", []))]
    what = verb(entry.action, reader_language())
    return HistoryEntry(entry.at, what, entry.actor_name, " · ".join(filter(None, told)))


def _written() -> dict[str, str]:
    return {field: request.form.get(field, "") for field in FIELDS}


def _fitting(written: dict[str, str]) -> dict[str, str]:
    return {field: fitting(text, FIELDS[field]) for field, text in written.items()}


def _told(refusal: Refusal) -> str:
    return sentence(refusal.code, refusal.params, reader_language())


def _version() -> int | None:
    return request.form.get("version", type=whole_number)
