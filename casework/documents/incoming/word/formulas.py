"""A formula of Word (OMML, ECMA-376 part 1, 22.1) on one line, as it would be typed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casework.documents.incoming.word.names import M, W

if TYPE_CHECKING:
    from lxml import etree

RAISED = str.maketrans("0123456789+-=()n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿ")
LOWERED = str.maketrans("0123456789+-=()", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎")
BASE, RAISE, LOWER = "e", "sup", "sub"


def spelled(element: etree._Element) -> str:
    """What a formula, or a part of one, says."""
    name = element.tag.removeprefix(M) if isinstance(element.tag, str) else ""
    if element.tag in {M + "t", W + "t"}:
        return element.text or ""
    if name in _SPELLERS:
        return _SPELLERS[name](element)
    return "" if name.endswith("Pr") else "".join(map(spelled, element))


def _part(element: etree._Element, name: str) -> str:
    found = element.find(M + name)
    return "" if found is None else "".join(map(spelled, found))


def _fraction(element: etree._Element) -> str:
    return f"{_whole(_part(element, 'num'))}/{_whole(_part(element, 'den'))}"


def _whole(text: str) -> str:
    """In parentheses where the text is more than one number or name."""
    simple = text.replace(",", "").replace(".", "").replace("\u00a0", "").replace(" ", "")
    return text if simple.isalnum() else f"({text})"


def _raised(text: str) -> str:
    moved = text.translate(RAISED)
    return moved if all(one in RAISED.values() for one in map(ord, moved)) else _sign("^", text)


def _lowered(text: str) -> str:
    moved = text.translate(LOWERED)
    return moved if all(one in LOWERED.values() for one in map(ord, moved)) else _sign("_", text)


def _sign(sign: str, text: str) -> str:
    return f"{sign}{_whole(text)}" if text else ""


def _scripts(element: etree._Element) -> str:
    below, above = _part(element, LOWER), _part(element, RAISE)
    return _part(element, BASE) + _lowered(below) * bool(below) + _raised(above) * bool(above)


def _root(element: etree._Element) -> str:
    degree = _part(element, "deg")
    return f"{_raised(degree) if degree else ''}√{_whole(_part(element, BASE))}"


def _sum(element: etree._Element) -> str:
    found = element.find(f"{M}naryPr/{M}chr")
    sign = "∫" if found is None else found.get(M + "val", "∫")
    below, above = _part(element, LOWER), _part(element, RAISE)
    return f"{sign}{_sign('_', below)}{_sign('^', above)} {_part(element, BASE)}"


def _delimited(element: etree._Element) -> str:
    properties = element.find(M + "dPr")
    signs = []
    for name, usual in (("begChr", "("), ("sepChr", "|"), ("endChr", ")")):
        found = None if properties is None else properties.find(M + name)
        signs.append(usual if found is None else found.get(M + "val", usual))
    inner = signs[1].join("".join(map(spelled, each)) for each in element.findall(M + BASE))
    return f"{signs[0]}{inner}{signs[2]}"


def _rows(element: etree._Element) -> str:
    rows = element.findall(M + "mr")
    return "; ".join(", ".join("".join(map(spelled, e)) for e in row) for row in rows)


_SPELLERS = {
    "f": _fraction,
    **dict.fromkeys(("sSup", "sSub", "sSubSup", "sPre"), _scripts),
    "rad": _root,
    "nary": _sum,
    "d": _delimited,
    "m": _rows,
}
