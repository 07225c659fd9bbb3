"""The kinds of things that a person is told, the letter of each, and when it leaves their page."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Kind:
    """`mail` is the folder of its letter. `asks` says that it waits until the task is done: it
    ends when its subject leaves the state that it stands in. `may_be_seen` says that the person
    may put it aside by having read it."""

    mail: str
    asks: bool
    may_be_seen: bool


KINDS: dict[str, Kind] = {
    # A task: ends when it is done, by whoever does it.
    "referred_back": Kind("referred_back", asks=True, may_be_seen=False),
    "review_wanted": Kind("review_wanted", asks=True, may_be_seen=False),
    "presidium_review": Kind("presidium_review", asks=True, may_be_seen=False),
    "report_waiting": Kind("reported", asks=True, may_be_seen=False),
    "more_wanted": Kind("more_wanted", asks=True, may_be_seen=False),
    "to_sign": Kind("section_to_sign", asks=True, may_be_seen=False),
    "dispatch_failed": Kind("dispatch_failed", asks=True, may_be_seen=False),
    # A task that is no state of its subject: ends when the verb that does it says so.
    "body_asked": Kind("body_asked", asks=False, may_be_seen=False),
    "body_granted": Kind("body_answered", asks=False, may_be_seen=False),
    # A beginning: what is to be done takes its time, and stands in a list of its own.
    "assigned": Kind("assigned", asks=True, may_be_seen=True),
    "assignment": Kind("assignment", asks=True, may_be_seen=True),
    "reopened": Kind("reopened", asks=True, may_be_seen=True),
    "ready": Kind("ready", asks=True, may_be_seen=True),
    "dispatched": Kind("dispatched", asks=True, may_be_seen=True),
    "noted": Kind("noted", asks=True, may_be_seen=True),
    # News: asks for nothing but to be read.
    "officer_changed": Kind("officer_changed", asks=False, may_be_seen=True),
    "handed_over": Kind("handed_over", asks=False, may_be_seen=True),
    "assignee_changed": Kind("assignee_changed", asks=False, may_be_seen=True),
    "received": Kind("received", asks=False, may_be_seen=True),
    "ended": Kind("ended", asks=False, may_be_seen=True),
    "body_answered": Kind("body_answered", asks=False, may_be_seen=True),
    "assignment_moved": Kind("assignment_moved", asks=False, may_be_seen=True),
    "assignment_cancelled": Kind("assignment_cancelled", asks=False, may_be_seen=True),
    "told": Kind("", asks=False, may_be_seen=True),  # by a letter of an organisation's own
    "minutes_attested": Kind("minutes_attested", asks=False, may_be_seen=True),
}
# What cannot be put aside stands above what can.
TASKS = tuple(name for name, kind in KINDS.items() if not kind.may_be_seen)
ASKING = tuple(name for name, kind in KINDS.items() if kind.asks)
