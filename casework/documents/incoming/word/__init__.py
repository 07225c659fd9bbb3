"""Reading a Word file: a cleaning pass over its XML, then a short walk, in a process of its own."""

from casework.documents.incoming.word.reading import read_word

__all__ = ["read_word"]
