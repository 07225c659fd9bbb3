"""What may differ from a rule of the house, and why. An exception that nobody needs fails too."""

ALLOWED: dict[str, dict[str, str]] = {
    "commits": {
        "casework/db.py": "the unit of work itself",
    },
    "sets_state": {
        "casework/workflow/engine.py": "the engine itself",
        "casework/workflow/versions.py": "moves running subjects to a new version by a state map",
        "casework/deadlines/models.py": "running, met, missed: a clock's machine, no person's step",
        "casework/deadlines/sweep.py": "marks what has passed as missed, in one UPDATE",
        "casework/mail/delivery.py": "queued to sent is leased and fenced in one UPDATE",
        "casework/mail/outbox.py": "a person takes up a failed message again",
    },
    "reads_clock": {
        "casework/app.py": "`now()`, the one clock: faces and command line hand it inwards",
    },
    "is_too_long": {},
    "opens_silently": {},
    "reads_any_number": {},
}

# Tables whose first column or unique key is not the organisation's.
TABLES = {
    "organisation": "the organisation itself",
    "sign_in_failure": "what is tried at the door, before anybody knows by whom",
    "tick": "the installation's background jobs, the same for every organisation",
    "workflow_version": "the installation's workflow files, the same for every organisation",
}
UNIQUE_KEYS: dict[str, str] = {}

# Tests that pass over something themselves, which is no tool that `.ci/test` could install.
SKIPS = {
    "tests/deadlines/test_sweep.py": "two of its tests are about one of the two engines",
    "tests/documents/incoming/test_reading.py": "the two documents are not ours to publish",
    "tests/house/test_tools.py": "tries what the rule says",
    "tests/mail/test_outbox.py": "one address is lawful in one field; an index is one engine's",
    "tests/support/postgres.py": "the last of three ways to a PostgreSQL; without any it says so",
    "tests/support/tools.py": "the one place",
}
