"""The one model of text: what comes in is made clean at the door, once."""
