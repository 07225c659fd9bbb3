"""A definition shown: as lines on a terminal, as Mermaid, and as an SVG of our own drawing."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from casework.workflow.layout import ICON, Box, Lane, Layout, lay_out

if TYPE_CHECKING:
    from collections.abc import Collection

    from casework.phrases import Language
    from casework.workflow.definition import Definition, Transition

_WORDS: dict[Language, dict[str, str]] = {
    "sv": {
        "now": "nu",
        "version": "version",
        "others": "Andra slut",
        "end": "slut",
        "aside": "vid sidan av",
        "same": "samma läge",
        "stays": "I samma läge",
    },
    "en": {
        "now": "now",
        "version": "version",
        "others": "Other ends",
        "end": "end",
        "aside": "aside",
        "same": "the same state",
        "stays": "In the same state",
    },
}


def text(definition: Definition, current: str | None = None, language: Language = "sv") -> str:
    """Each state with the steps from it, those aside told; the current one has an arrow."""
    words = _WORDS[language]
    lines = [
        f"{definition.label[language]} ({definition.name}, {words['version']} {definition.version})"
    ]
    for name, state in definition.states.items():
        mark, note = ("▶", f"  ({words['now']})") if name == current else (" ", "")
        end = f"  ({words['end']})" if state.final else ""
        lines.append(f"{mark} {state.label[language]}{end}{note}")
        lines += [f"      {_arrow(definition, step, language)}" for step in definition.steps(name)]
    return "\n".join(lines) + "\n"


def mermaid(definition: Definition, current: str | None = None, language: Language = "sv") -> str:
    """A Mermaid state diagram."""
    lines = ["stateDiagram-v2"]
    for name, state in definition.states.items():
        lines.append(f'    state "{_mermaid_text(state.label[language])}" as {_id(name)}')
    lines.append(f"    [*] --> {_id(definition.initial)}")
    for step in definition.transitions:
        label = _mermaid_text(step.label[language])
        lines += [f"    {_id(state)} --> {_id(step.target)}: {label}" for state in step.sources]
    ends = [name for name, state in definition.states.items() if state.final]
    lines += [f"    {_id(name)} --> [*]" for name in ends]
    if current is not None:
        lines += ["    classDef current stroke-width:4px", f"    class {_id(current)} current"]
    return "\n".join(lines) + "\n"


def svg(
    definition: Definition,
    current: str | None = None,
    visited: Collection[str] = (),
    language: Language = "sv",
) -> str:
    """The picture, to stand alone or inside a page.

    It carries no style and no script, so that the strictest Content-Security-Policy lets it be:
    all is drawn in currentColor, and a page may colour the classes workflow-state,
    workflow-current, workflow-visited, workflow-step, workflow-loop and workflow-exit. Steps aside
    are dashed; those that stay in their state are told below it.
    """
    layout = lay_out(definition, language)
    title_id, desc_id = f"{definition.name}-title", f"{definition.name}-desc"
    parts = [
        _opening(layout, f"{title_id} {desc_id}"),
        f'<title id="{title_id}">{escape(definition.label[language])}</title>',
        f'<desc id="{desc_id}">{escape(_description(definition, current, language))}</desc>',
        _start(layout),
        *(_lane(layout, lane, "workflow-exit") for lane in layout.left),
        *(_lane(layout, lane, "workflow-loop") for lane in layout.right),
    ]
    for row, box in enumerate(layout.boxes):
        if box.follows:
            parts.append(_step_down(layout, layout.boxes[row - 1], box))
        if box.is_other_end and not layout.boxes[row - 1].is_other_end:
            parts.append(_group(layout, box, _WORDS[language]["others"]))
        parts += _gap_labels(layout, box)
        final = definition.states[box.state].final
        parts.append(_state(layout, box, box.state == current, box.state in visited, final))
    parts += _notes(layout, _WORDS[language]["stays"])
    return "\n".join([*parts, "</svg>"]) + "\n"


def _opening(layout: Layout, labelled_by: str) -> str:
    width, height = _n(layout.width), _n(layout.height)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="workflow" role="img" '
        f'aria-labelledby="{labelled_by}" viewBox="0 0 {width} {height}" '
        f'width="{width}" height="{height}" fill="none" stroke="currentColor" '
        f'font-family="system-ui, sans-serif" font-size="12">'
    )


def _arrow(definition: Definition, step: Transition, language: Language) -> str:
    words = _WORDS[language]
    target = words["same"] if step.stays else definition.states[step.target].label[language]
    aside = f" ({words['aside']})" if step.is_aside else ""
    return f"{step.label[language]} → {target}{aside}"


def _description(definition: Definition, current: str | None, language: Language) -> str:
    """The whole picture in words, for those who do not see it."""
    now = ""
    if current in definition.states:
        label = definition.states[current].label[language]
        now = f"{_WORDS[language]['now'].capitalize()}: {label}. "
    states = (
        f"{state.label[language]}: "
        + ("; ".join(_arrow(definition, s, language) for s in definition.steps(name)) or "–")
        for name, state in definition.states.items()
    )
    return now + ". ".join(states) + "."


def _id(name: str) -> str:
    return name.replace("-", "_")


def _mermaid_text(label: str) -> str:
    """Mermaid takes #code; where a sign would end the text."""
    codes = {"#": "#35;", '"': "#quot;", ":": "#colon;", ";": "#59;", "<": "#lt;", ">": "#gt;"}
    return "".join(codes.get(sign, sign) for sign in " ".join(label.split()))


def _n(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


def _text(x: float, y: float, words: str, attributes: str = "") -> str:
    place = f'x="{_n(x)}" y="{_n(y)}"'
    return f'<text {place} fill="currentColor" stroke="none"{attributes}>{escape(words)}</text>'


def _head(x: float, y: float, direction: str) -> str:
    """An arrowhead with its point at (x, y)."""
    corners = {"down": "-4.5 -8h9", "left": "8 -4.5v9", "right": "-8 -4.5v9"}[direction]
    return f'<path d="M{_n(x)} {_n(y)}l{corners}z" fill="currentColor" stroke="none"/>'


def _start(layout: Layout) -> str:
    x, top = layout.arrow_x, layout.boxes[0].y
    dot = f'<circle cx="{_n(x)}" cy="{_n(top - 22)}" r="4.5" fill="currentColor" stroke="none"/>'
    line = f'<path d="M{_n(x)} {_n(top - 18)}V{_n(top - 6)}" stroke-width="1.75"/>'
    return f'<g class="workflow-step">{dot}{line}{_head(x, top, "down")}</g>'


def _step_down(layout: Layout, above: Box, box: Box) -> str:
    x = layout.arrow_x
    line = f"M{_n(x)} {_n(above.y + above.height)}V{_n(box.y - 6)}"
    head = _head(x, box.y, "down")
    return f'<g class="workflow-step"><path d="{line}" stroke-width="1.75"/>{head}</g>'


def _gap_labels(layout: Layout, box: Box) -> list[str]:
    """Beside the arrow that comes from above, or over an end that a lane leads to."""
    x = layout.arrow_x + 10 if box.follows else layout.x + 2
    first = box.y - 17 * len(box.gap_labels) + (2 if box.follows else 9)
    return [_text(x, first + 17 * row, label) for row, label in enumerate(box.gap_labels)]


def _notes(layout: Layout, words: str) -> list[str]:
    """The steps that lead nowhere, under a heading of their own."""
    if not layout.staying:
        return []
    x, y = layout.x + 2, layout.notes_y + 2 * 17
    heading = _text(x, y, words, ' font-weight="600" class="workflow-group"')
    rows = enumerate(layout.staying, start=1)
    return [heading, *(_text(x, y + 17 * row, label) for row, label in rows)]


def _group(layout: Layout, box: Box, words: str) -> str:
    y = box.y - 17 * len(box.gap_labels) - 22
    weight = ' font-weight="600" class="workflow-group"'
    return _text(layout.x + 2, y, words, weight)


def _state(layout: Layout, box: Box, is_current: bool, is_visited: bool, is_final: bool) -> str:
    x, y, width, height = layout.x, box.y, layout.box_width, box.height
    middle = y + height / 2
    classes = ["workflow-state"]
    shape = 'stroke-width="1.25"'
    icon = ""
    if is_current:
        classes.append("workflow-current")
        shape = 'stroke-width="3" fill="currentColor" fill-opacity="0.1"'
        icon = f'<path d="M{_n(x + 11)} {_n(middle - 6)}l10 6l-10 6z" fill="currentColor"/>'
    elif is_visited:
        classes.append("workflow-visited")
        icon = f'<path d="M{_n(x + 10)} {_n(middle)}l4 4.5l7.5 -9" stroke-width="2"/>'
    box_shape = _rectangle(x, y, width, height, 8, shape)
    if is_final:
        box_shape += _rectangle(x + 4, y + 4, width - 8, height - 8, 5, 'stroke-width="1"')
    weight = ' font-size="13.5"' + (' font-weight="700"' if is_current else ' font-weight="500"')
    name = _text(x + ICON, middle + 4.5, box.label, weight)
    return f'<g class="{" ".join(classes)}">{box_shape}{icon}{name}</g>'


def _rectangle(x: float, y: float, width: float, height: float, radius: int, shape: str) -> str:
    return (
        f'<rect x="{_n(x)}" y="{_n(y)}" width="{_n(width)}" height="{_n(height)}" '
        f'rx="{radius}" {shape}/>'
    )


def _lane(layout: Layout, lane: Lane, kind: str) -> str:
    """All its sources join in one line; its label stands on the end of it."""
    target = layout.boxes[lane.target]
    is_exit = lane in layout.left
    side = layout.x if is_exit else layout.right_x
    end = target.port(lane)
    starts = [_departure(layout.boxes[row], lane, row) for row in lane.sources]
    # Only the outermost line runs the whole way; the others join it, so that no two lie on
    # each other.
    outermost = (
        {min(starts), max(starts)}
        if min(starts) < end < max(starts)
        else {max(starts, key=lambda start: abs(start - end))}
    )
    lane_x = layout.lane_x(lane)
    lines = "".join(
        _bend(side, start, lane_x, end)
        if start in outermost
        else f"M{_n(side)} {_n(start)}H{_n(lane_x)}"
        for start in starts
    )
    dashes = ' stroke-dasharray="4 3"' if is_exit or lane.is_aside else ""
    drawn = f'<path d="{lines}" stroke-width="1.25"{dashes}/>'
    drawn += _head(side, end, "right" if is_exit else "left")
    if not is_exit:
        drawn += _text(side + 12, end - 4, lane.label)
    return f'<g class="{kind}">{drawn}</g>'


def _departure(box: Box, lane: Lane, row: int) -> float:
    """Where the lane leaves the box; one that comes back to it leaves by the port below."""
    loops = row == lane.target
    return box.port(lane) + (20 if loops else 0)


def _bend(side: float, start: float, lane_x: float, end: float) -> str:
    """Out to the lane, along it and back in, with round corners."""
    out = 6 if lane_x > side else -6
    turn = 6 if end > start else -6
    return (
        f"M{_n(side)} {_n(start)}H{_n(lane_x - out)}"
        f"Q{_n(lane_x)} {_n(start)} {_n(lane_x)} {_n(start + turn)}V{_n(end - turn)}"
        f"Q{_n(lane_x)} {_n(end)} {_n(lane_x - out)} {_n(end)}H{_n(side)}"
    )
