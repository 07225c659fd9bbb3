"""Reading an incoming document: what it says, where it says it, and what is uncertain."""

from casework.documents.incoming.model import IncomingDocument
from casework.documents.incoming.reader import read_document
from casework.documents.incoming.show import doubts, to_json, to_text
from casework.documents.incoming.sources import MAX_BYTES

__all__ = ["MAX_BYTES", "IncomingDocument", "doubts", "read_document", "to_json", "to_text"]
