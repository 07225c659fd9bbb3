"""Rendered XML as python-docx would have saved it, by the short way where that is proven safe.

The long way is to parse the rendered part and write it out again, for every document. The short
way is to put right the text itself; it is taken for a part where every branch and loop holds
balanced XML (then every rendering is well-formed) and no placeholder stands inside a tag.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from jinja2 import nodes
from lxml import etree

from casework.errors import Invalid

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from jinja2 import Environment

PARSER = etree.XMLParser(resolve_entities=False)
BLANKLESS_PARSER = etree.XMLParser(resolve_entities=False, remove_blank_text=True)
DECLARATION = b"<?xml version='1.0' encoding='UTF-8' standalone='yes'?>\n"

# What XML cannot hold at all; it comes along when somebody pastes from an old program.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_CONTROLS = bytes({*range(0x20)} - {0x0A})
_JINJA_IN_TAG = re.compile(r"<[^<>{]*\{[{%#]")
# Constructs whose output appears elsewhere than where they stand.
_STRANGE: tuple[type[nodes.Node], ...]
_STRANGE = (nodes.Macro, nodes.CallBlock, nodes.FilterBlock, nodes.AssignBlock)
_PREFIX = re.compile(r"</?([A-Za-z0-9_]+):|\s([A-Za-z0-9_]+):[A-Za-z]+=")


def is_proven(patched: str, sandbox: Environment) -> bool:
    """Whether the short way gives the same as the long one, whatever the context holds."""
    if _JINJA_IN_TAG.search(patched):
        return False
    tree = sandbox.parse(patched)
    if any(tree.find(kind) for kind in _STRANGE):
        return False
    return all(_balanced(branch) for branch in _branches(tree))


def proven_bytes(text: str) -> bytes | None:
    """`text` as it would be written out again; None where it needs the long way after all."""
    if "&#3" in text:
        text = text.replace("&#34;", '"').replace("&#39;", "'")
    try:
        data = text.replace("></w:t>", "/>").encode()
    except UnicodeEncodeError:
        return None
    unprintable = len(data.translate(None, _CONTROLS)) != len(data)
    return None if unprintable or "\ufffe" in text or "\uffff" in text else data


def parsed(xml: str, parser: etree.XMLParser, place: Mapping[str, str]) -> etree._Element:
    """The root of a rendered part; raises Invalid when the template breaks it."""
    try:
        return etree.fromstring(xml.encode(), parser)
    except (etree.XMLSyntaxError, UnicodeEncodeError):
        printable = _UNPRINTABLE.sub("", xml)
    try:
        return etree.fromstring(printable.encode(), parser)
    except etree.XMLSyntaxError:
        raise Invalid("template_breaks", place=place) from None


def _branches(tree: nodes.Node) -> Iterator[list[nodes.Node]]:
    for loop in tree.find_all(nodes.For):
        yield from (loop.body, loop.else_)
    for choice in tree.find_all(nodes.If):
        yield from (choice.body, choice.else_)


def _balanced(branch: list[nodes.Node]) -> bool:
    xml = "".join(
        part.data
        for node in branch
        if isinstance(node, nodes.Output)
        for part in node.nodes
        if isinstance(part, nodes.TemplateData)
    )
    prefixes = {first or second for first, second in _PREFIX.findall(xml)} - {"xml"}
    names = "".join(f' xmlns:{prefix}="urn:{prefix}"' for prefix in prefixes)
    try:
        etree.fromstring(f"<root{names}>{xml}</root>", PARSER)
    except etree.XMLSyntaxError:
        return False
    return True
