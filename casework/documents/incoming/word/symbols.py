"""What the signs of the symbol fonts are in Unicode; a sign that is not known has no answer."""

from __future__ import annotations

# Adobe's Symbol encoding, from 0x20 and from 0xA1; a space holds the place of what is not used.
_SYMBOL_LOW = (
    " !∀#∃%&∋()∗+,−./0123456789:;<=>?≅ΑΒΧΔΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖ[∴]⊥_"
    "‾αβχδεφγηιϕκλμνοπθρστυϖωξψζ{|}∼"
)
_SYMBOL_HIGH = (
    "ϒ′≤⁄∞ƒ♣♦♥♠↔←↑→↓°±″≥×∝∂•÷≠≡≈…⏐⎯↵ℵℑℜ℘⊗⊕∅∩∪⊃⊇⊄⊂⊆∈∉∠∇®©™∏√⋅¬∧∨⇔⇐⇑⇒⇓"
    "◊〈®©™∑⎛⎜⎝⎡⎢⎣⎧⎨⎩⎪ 〉∫⌠⎮⌡⎞⎟⎠⎤⎥⎦⎫⎬⎭"
)
_DINGBATS = {
    **dict.fromkeys((0x6C, 0x9F, 0xB7), "•"),
    0x6E: "■",
    0x6F: "□",
    0x70: "□",
    0x71: "❑",
    0x72: "❒",
    0x73: "⬧",
    0x75: "◆",
    0x76: "❖",
    0x77: "⬥",
    0xA0: "▪",
    0xA7: "▪",
    0xA8: "☐",
    0xD8: "➢",
    0xE0: "→",
    0xDF: "←",
    0xE8: "➔",
    0xF0: "⇨",
    0xFB: "✗",
    0xFC: "✓",
    0xFD: "☒",
    0xFE: "☑",
    0x28: "☎",
    0x2A: "✉",
    0x4A: "☺",
    0x4C: "☹",
    0x46: "☞",
    0x22: "✂",
    0x6D: "❍",
    0xA1: "○",
    0xA4: "◉",
    0xAB: "★",
    0xE1: "↑",
    0xE2: "↓",
    0x20: " ",
}
_DINGBATS_2 = {
    0x4F: "✗",
    0x50: "✓",
    0x51: "☒",
    0x52: "☑",
    0x53: "☒",
    0x54: "☒",
    0xA3: "☐",
    0x2A: "☐",
    0x97: "•",
    0x9F: "■",
    0x20: " ",
}
_WEBDINGS = {0x61: "✓", 0x63: "☐", 0x67: "■", 0x72: "✗", 0x6E: "●", 0x20: " "}
_PRIVATE = range(0xF000, 0xF100)
_FONTS = {"wingdings": _DINGBATS, "wingdings 2": _DINGBATS_2, "webdings": _WEBDINGS}


def sign(code: int, font: str) -> str | None:
    """The character that `code` of a font shows, None where only the font knows."""
    private = code in _PRIVATE
    low = code - 0xF000 if private else code
    name = font.strip().lower()
    if name == "symbol":
        return _symbol(low)
    if name in _FONTS:
        return _FONTS[name].get(low)
    if private or 0xE000 <= code <= 0xF8FF or code < 0x20 or code > 0x10FFFF:
        return None
    return chr(code)


def _symbol(code: int) -> str | None:
    table, first = (_SYMBOL_LOW, 0x20) if code < 0x80 else (_SYMBOL_HIGH, 0xA1)
    at = code - first
    known = table[at] if 0 <= at < len(table) else " "
    return known if known != " " or code == 0x20 else None
