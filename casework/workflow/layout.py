"""Where the states and steps of a workflow stand in its picture; all lengths in pixels.

The road runs downwards in the file's order and ends in the first final state; other final states
stand grouped below it. A step to the next state is an arrow in the gap. Every other step is a
lane beside the road, one lane for all its sources: to the right for loops and shortcuts, to the
left for steps to the other ends. No label meets another, since each has a place of its own.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from casework.phrases import Language
    from casework.workflow.definition import Definition, Transition

MARGIN = 12
ICON = 30  # room in a box for the mark before its name
NAME_LETTER, LABEL_LETTER = 7.6, 6.4  # the mean widths of a letter, on the wide side
PORT = 20  # between two lines that meet the same side of a box: a label fits
LANE = 14
BOX_HEIGHT = 40
GAP = 22
LABEL_LINE = 17
GROUP_GAP = 34


@dataclass(slots=True)
class Box:
    """A state in its row."""

    state: str
    label: str
    y: float = 0
    height: float = BOX_HEIGHT
    right: list[Lane] = field(default_factory=list)
    left: list[Lane] = field(default_factory=list)
    gap_labels: list[str] = field(default_factory=list)  # of the arrows that come from above
    is_other_end: bool = False
    follows: bool = False  # an arrow comes from the box above

    def port(self, lane: Lane) -> float:
        """The height at which `lane` meets this box."""
        ports = self.left if lane in self.left else self.right
        first = self.y + (self.height - PORT * (len(ports) - 1)) / 2
        # A label stands on its line: a little lower, the two look centred together.
        return first + PORT * ports.index(lane) + (4 if ports is self.right else 0)


@dataclass(slots=True, eq=False)
class Lane:
    """A step beside the road, from all its sources to its target; rows by number."""

    label: str
    sources: tuple[int, ...]
    target: int
    is_aside: bool = False
    column: int = 0

    @property
    def first(self) -> int:
        return min(*self.sources, self.target)

    @property
    def last(self) -> int:
        return max(*self.sources, self.target)


@dataclass(frozen=True, slots=True)
class Layout:
    """The whole picture. `x` is the left side of every box, `label_x` where lanes' labels begin."""

    boxes: list[Box]
    right: list[Lane]
    left: list[Lane]
    x: float
    box_width: float
    label_width: float
    width: float
    height: float
    notes_y: float
    staying: list[str]  # labels of the steps that lead nowhere, told below the picture

    @property
    def arrow_x(self) -> float:
        return self.x + ICON

    @property
    def right_x(self) -> float:
        return self.x + self.box_width

    def lane_x(self, lane: Lane) -> float:
        """Where the lane runs: the first column is the one nearest the road."""
        if lane in self.left:
            return self.x - LANE * (lane.column + 1)
        return self.right_x + self.label_width + LANE * (lane.column + 1)


def lay_out(definition: Definition, language: Language) -> Layout:
    """The picture's geometry with labels in `language`."""
    boxes = _boxes(definition, language)
    rows = {box.state: row for row, box in enumerate(boxes)}
    right: list[Lane] = []
    left: list[Lane] = []
    for step in definition.transitions:
        if not step.stays:
            _place(step, boxes, rows, right, left, language)
    for lanes in (right, left):
        _assign_columns(lanes)
    for row, box in enumerate(boxes):
        box.right = _in_port_order([lane for lane in right if _meets(lane, row)], row)
        box.left = _in_port_order([lane for lane in left if _meets(lane, row)], row)
    staying = dict.fromkeys(step.label[language] for step in definition.transitions if step.stays)
    return _measured(boxes, right, left, list(staying))


def _boxes(definition: Definition, language: Language) -> list[Box]:
    states = definition.states
    order = sorted(states, key=lambda name: name != definition.initial)
    end = next((name for name in order if states[name].final), None)
    road = [name for name in order if not states[name].final or name == end]
    others = [name for name in order if name not in road]
    return [
        Box(name, states[name].label[language], is_other_end=name in others)
        for name in (*road, *others)
    ]


def _place(
    step: Transition,
    boxes: list[Box],
    rows: dict[str, int],
    right: list[Lane],
    left: list[Lane],
    language: Language,
) -> None:
    """Give a step its arrow in a gap, its lane, or (with several sources) both."""
    label, target = step.label[language], rows[step.target]
    sources = [rows[state] for state in step.sources]
    beside = [row for row in sources if row != target - 1 or boxes[target].is_other_end]
    if boxes[target].is_other_end:
        boxes[target].gap_labels.append(label)
        left.append(Lane(label, tuple(beside), target, step.is_aside))
        return
    if len(beside) < len(sources):
        boxes[target].gap_labels.append(label)
        boxes[target].follows = True
    if beside:
        right.append(Lane(label, tuple(beside), target, step.is_aside))


def _assign_columns(lanes: list[Lane]) -> None:
    """The short nearest the road; two lanes share a column if no row has both."""
    columns: list[list[Lane]] = []
    for lane in sorted(lanes, key=lambda lane: (lane.last - lane.first, lane.first)):
        for number, column in enumerate(columns):
            if all(lane.last < other.first or lane.first > other.last for other in column):
                lane.column = number
                column.append(lane)
                break
        else:
            lane.column = len(columns)
            columns.append([lane])


def _meets(lane: Lane, row: int) -> bool:
    return row in (*lane.sources, lane.target)


def _in_port_order(lanes: list[Lane], row: int) -> list[Lane]:
    """Upward lanes first, the near ones on top; then downward lanes, the far ones on top.

    So a line to a far lane never crosses a near lane that begins at the same box. A lane from a
    box to itself has two ports.
    """
    up = [lane for lane in lanes if lane.last == row and lane.first < row]
    down = [lane for lane in lanes if lane.first == row and lane.last > row]
    through = [lane for lane in lanes if lane.first < row < lane.last]
    loops = [lane for lane in lanes if lane.first == lane.last]
    up.sort(key=lambda lane: lane.column)
    down.sort(key=lambda lane: -lane.column)
    return [*up, *through, *loops, *loops, *down]


def _measured(boxes: list[Box], right: list[Lane], left: list[Lane], staying: list[str]) -> Layout:
    y: float = MARGIN + GAP
    for number, box in enumerate(boxes):
        if number:
            begins_group = box.is_other_end and not boxes[number - 1].is_other_end
            y += GAP + LABEL_LINE * len(box.gap_labels) + (GROUP_GAP if begins_group else 0)
        box.y = y
        box.height = max(BOX_HEIGHT, PORT * (max(len(box.right), len(box.left)) - 1) + 28)
        y += box.height
    box_width = max(len(box.label) for box in boxes) * NAME_LETTER + ICON + 14
    in_gaps = [len(label) for box in boxes for label in box.gap_labels]
    over_box = box_width - ICON - 10
    label_width = max(
        [len(lane.label) * LABEL_LETTER + 22 for lane in right]
        + [letters * LABEL_LETTER - over_box for letters in in_gaps]
        + [0]
    )
    x = MARGIN + LANE * _columns(left)
    width = x + box_width + label_width + LANE * _columns(right) + MARGIN
    notes = LABEL_LINE * (len(staying) + 2) if staying else 0
    height = y + notes + MARGIN
    return Layout(boxes, right, left, x, box_width, label_width, width, height, y, staying)


def _columns(lanes: list[Lane]) -> int:
    return max((lane.column + 1 for lane in lanes), default=0)
