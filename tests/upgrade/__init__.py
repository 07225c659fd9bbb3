"""What an upgrade must carry: a data folder and a backup of an earlier version, and what is frozen.

`data-2026-11.tar.xz` was made in November 2026 by the first version, before templates were kept:
`data/` by `casework demo --data DIR --no-serve` (without its letters and the copies of its papers),
`backup.tar` by `casework backup` of it. Its key, its password and its people are invented. It stays
as it is; a later version may add an archive of its own.
"""
