"""Steps on a page: what can be done from here, what cannot and why, and the page that does it.

Alike for everything with a workflow: a matter, a meeting, an assignment, a dispatch.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import flash, redirect, render_template, request
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from sqlalchemy import select
from wtforms import (
    BooleanField,
    DateField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # not in the types yet
from wtforms.validators import InputRequired, Length, Optional, ValidationError

from casework.accounts.officials import officials, responsible
from casework.errors import Invalid, Unseen
from casework.kinds import gathered
from casework.meetings.models import Meeting
from casework.people.models import Body, Person
from casework.people.policy import ROLES, lift, may
from casework.phrases import sentence
from casework.publishing.announcing import AnnouncementChanged, require_seen
from casework.web.components.holders import HolderField, chosen, holders
from casework.web.components.kinds import name_of
from casework.web.frame.asked import plain_breaks, row_number, whole_number
from casework.web.frame.language import reader_language
from casework.web.frame.session import acting, reading
from casework.web.shapes import Link, Reason, StateLabel, Step, Tone
from casework.workflow.blockers import UnknownTrigger
from casework.workflow.kinds import place_code

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable, Sequence

    from werkzeug.wrappers import Response

    from casework.context import Context
    from casework.workflow.blockers import Blocker
    from casework.workflow.definition import Input, Transition

    Find = Callable[[Context, int], Any]

LONGEST = 10_000
# What the page before a step shows beside what it does: by table and trigger.
ALSO_SHOWN: dict[tuple[str, str], Callable[[Context, Any], Any]] = {}


def state_label(context: Context, subject: Any) -> StateLabel:
    """The subject's state in the reader's language."""
    definition = context.services.engine.definition_of(subject)
    state = definition.states[subject.state]
    tones = context.services.kinds.of(subject).tones
    tone: Tone = "done" if state.final else tones.get(state.name, "active")
    return StateLabel(state.label[reader_language()], tone)


def state_choices(context: Context, subject: str) -> list[tuple[str, str]]:
    """The states of a table's workflows, each name once with its label, to be chosen from.

    The workflow with the most states first: its order is that of the others.
    """
    found: dict[str, str] = {}
    workflows = context.services.engine.definitions.of_subject(subject)
    for each in sorted(workflows, key=lambda each: -len(each.states)):
        for state in each.states.values():
            found.setdefault(state.name, state.label[reader_language()])
    return list(found.items())


def steps(context: Context, subject: Any, url: str) -> tuple[list[Step], list[Step]]:
    """The steps for this person, and those that somebody else takes, each with whose it is.

    Both are empty for a mere reader: whoever takes no step in any state of the workflow.
    """
    own: list[Step] = []
    others: list[Step] = []
    if not _takes_part(context, subject):
        return own, others
    places = context.services.kinds.of(subject).places
    for option in context.services.engine.options(context, subject):
        elsewhere = [each for each in option.blockers if each.code == "role_missing"]
        reasons = [_reason(each, url, places) for each in elsewhere or option.blockers]
        step = _step(option.transition, f"{url}/steps", reasons)
        (others if elsewhere else own).append(step)
    return own, others


def _takes_part(context: Context, subject: Any) -> bool:
    taken = context.services.engine.definition_of(subject).transitions
    return may(context, subject, tuple({role for step in taken for role in step.by} & ROLES.keys()))


def ask(find: Find, subject_id: int, trigger: str, url: str) -> str:
    """The page before a step: what will happen and what is needed."""
    with reading() as context:
        subject = find(context, subject_id)
        step = _transition(context, subject, trigger)
        return _page(context, subject, step, url, _form(context, subject, step))


def take(find: Find, subject_id: int, trigger: str, url: str) -> str | tuple[str, int] | Response:
    """Take the step, or show the form again with what is wrong."""
    try:
        return _taken(find, subject_id, trigger, url)
    except (Invalid, Unseen, AnnouncementChanged) as wrong:
        problem = sentence(wrong.code, wrong.params, reader_language())
        status = wrong.status
    with reading() as context:
        subject = find(context, subject_id)
        step = _transition(context, subject, trigger)
        return _page(context, subject, step, url, _form(context, subject, step), problem), status


def _taken(find: Find, subject_id: int, trigger: str, url: str) -> str | tuple[str, int] | Response:
    with acting() as context:
        subject = find(context, subject_id)
        step = _transition(context, subject, trigger)
        form = _form(context, subject, step)
        if not form.validate_on_submit():
            return _page(context, subject, step, url, form), 422
        given = {each.name: form[each.name].data for each in step.inputs}
        present = {name: value for name, value in given.items() if value not in (None, "")}
        expected = request.form.get("version", type=whole_number)
        require_seen(subject, trigger, request.form.get("announced", "")[:64])
        lift(context.session)
        context.services.engine.fire(context.given(**present), subject, trigger, expected)
        label = step.label[reader_language()]
        flash(_("Steget är taget: %(step)s.", step=label), "success")
    return redirect(url, 303)


def _page(
    context: Context, subject: Any, step: Transition, url: str, form: Any, problem: str = ""
) -> str:
    shown = _step(step, f"{url}/steps")
    places = context.services.kinds.of(subject).places
    blockers = context.services.engine.blockers(context, subject, step)
    return render_template(
        "step.html",
        subject=subject,
        step=shown,
        form=form,
        problem=problem,
        version=subject.version,
        back=url,
        crumbs=[Link(name_of(subject), url)],
        reasons=[_reason(blocker, url, places) for blocker in blockers],
        asks=_asks(context, subject, step),
        to_sign=_also_shown(context, subject, step),
    )


def _also_shown(context: Context, subject: Any, step: Transition) -> Any:
    show = ALSO_SHOWN.get((subject.__tablename__, step.trigger))
    return show(context, subject) if show else None


def taking_away(step: Step, back: str, crumbs: list[Link], version: int | None = None) -> str:
    """The page that asks before something is taken away; `version` is what was looked at."""
    return render_template(
        "confirm.html",
        step=step,
        back=back,
        crumbs=crumbs,
        form=None,
        version=version,
        takes_away=True,
    )


def _transition(context: Context, subject: Any, trigger: str) -> Transition:
    step = context.services.engine.definition_of(subject).step(trigger, subject.state)
    if step is None:
        raise UnknownTrigger("trigger_unknown", trigger=trigger)
    return step


def warning(blocker: Blocker | None) -> str:
    """What somebody should be warned of, in the reader's words; "" for nothing."""
    return blocker.sentence(reader_language()) if blocker else ""


def _step(step: Transition, base: str, reasons: Sequence[Reason] = ()) -> Step:
    return Step(
        label=step.label[reader_language()],
        url=f"{base}/{step.trigger}",
        does=tuple(_does(step)),
        reasons=tuple(reasons),
        is_aside=step.is_aside,
    )


def _reason(blocker: Blocker, page: str, places: Container[str]) -> Reason:
    language = reader_language()
    mend = None
    if blocker.place in places:
        mend = Link(sentence(place_code(blocker.place), {}, language), page + blocker.place)
    return Reason(blocker.sentence(language), blocker.statute, mend)


def _does(step: Transition) -> list[str]:
    """What the step does, in the reader's words."""
    names = dict.fromkeys(call.name for call in step.effects if call.name not in gathered().checks)
    return [sentence(f"effect_{name}", {}, reader_language()) for name in names]


def _asks(context: Context, subject: Any, step: Transition) -> list[str]:
    """What must hold for the step, in the reader's words: what its file says, and the law."""
    kinds = context.services.kinds
    laws = kinds.laws.get((subject.__tablename__, step.trigger), ())
    names = [call.name for call in step.require]
    names += [law.__name__ for law in laws]
    names += [call.name for call in step.effects if call.name in kinds.checks]
    return [sentence(f"guard_{name}", {}, reader_language()) for name in dict.fromkeys(names)]


def _form(context: Context, subject: Any, step: Transition) -> Any:
    fields = {declared.name: _field(context, subject, declared) for declared in step.inputs}
    return type("StepForm", (FlaskForm,), fields)()


def _field(context: Context, subject: Any, declared: Input) -> Any:
    label = (declared.label or {}).get(reader_language(), declared.name)
    asked = _("Kryssa i ”%(field)s”.") if declared.type == "boolean" else _("Fyll i ”%(field)s”.")
    needed = InputRequired(asked % {"field": label})
    checks: list[Any] = [needed if declared.required else Optional()]
    if declared.name in ("case_officer", "assignee"):
        return _holder(context, subject, declared, label)
    if declared.type in ("person", "body", "meeting"):
        none = _("Välj") if declared.required else "–"
        return SelectField(
            label,
            coerce=lambda value: int(value) if value else None,
            choices=_options([("", none), *_choices(context, declared.type)]),
            validators=[_Chosen(label)] if declared.required else [],
        )
    if declared.type == "choice":
        return RadioField(
            label, choices=_options([(each, each) for each in declared.choices]), validators=checks
        )
    if declared.type not in ("text", "line"):
        return _PLAIN[declared.type](label, validators=checks)
    checks.append(Length(max=LONGEST))
    return _PLAIN[declared.type](label, validators=checks, filters=[plain_breaks])


def _holder(context: Context, subject: Any, declared: Input, label: str) -> Any:
    """Whom the task is given; who cannot hold it is refused by the step itself."""
    among = officials(context.organisation_id, context.today)
    if declared.name == "assignee":
        among = responsible(context, context.session.get_one(Body, subject.body_id))
    offered = holders(context, among)
    checks = [_Chosen(label)] if declared.required else []
    if offered.is_long:
        return HolderField(
            label,
            offered,
            lambda written: chosen(context, among, written),
            description=_("Skriv namnet och välj bland förslagen."),
            validators=checks,
        )
    return SelectField(
        label,
        coerce=lambda value: row_number(str(value or "")) or None,
        choices=_options([("", _("Välj")), *offered.labels.items()]),
        validators=checks,
        validate_choice=False,
    )


def _options(choices: Iterable[tuple[Any, str]]) -> list[SelectChoice]:
    return [SelectChoice(value, label) for value, label in choices]


_PLAIN: dict[str, Any] = {
    "text": TextAreaField,
    "line": StringField,
    "date": DateField,
    "integer": IntegerField,
    "boolean": BooleanField,
}


class _Chosen:
    """Something other than the empty choice."""

    field_flags = {"required": True}  # noqa: RUF012 (WTForms reads it)

    def __init__(self, label: str) -> None:
        self.label = label

    def __call__(self, form: Any, field: Any) -> None:
        if not field.data:
            raise ValidationError(_("Fyll i ”%(field)s”.", field=self.label))


def _choices(context: Context, kind: str) -> list[tuple[int, str]]:
    session, own = context.session, context.organisation_id
    if kind == "person":
        people = session.scalars(
            select(Person).where(Person.organisation_id == own).order_by(Person.sort_key)
        )
        return [
            (each.id, f"{each.name}, {each.title}" if each.title else each.name) for each in people
        ]
    if kind == "body":
        bodies = session.scalars(
            select(Body).where(Body.organisation_id == own).order_by(Body.name)
        )
        return [(each.id, each.name) for each in bodies]
    if kind == "meeting":
        meetings = session.scalars(
            select(Meeting)
            .where(Meeting.organisation_id == own, Meeting.starts_at >= context.moment)
            .order_by(Meeting.starts_at)
        )
        return [(each.id, name_of(each)) for each in meetings]
    raise Invalid("input_wrong", field=kind)
