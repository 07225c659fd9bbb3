"""The one model of text.

What comes in is made clean at the `door`. Prose is Markdown, which `parse` makes into the typed
`tree`; `html`, `plain` and `markdown` write that out. Plain text becomes Markdown by `escape`.
"""
