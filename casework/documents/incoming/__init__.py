"""Reading an incoming document: what it says, where it says it, and what is uncertain."""

from casework.documents.incoming.model import IncomingDocument
from casework.documents.incoming.reader import read_document
from casework.documents.incoming.show import to_json, to_text

__all__ = ["IncomingDocument", "read_document", "to_json", "to_text"]
