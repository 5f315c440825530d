"""Does it all hold together: bytes, trust and a time in, a report out; no files, network or clock.

`verify` takes the steps in turn. Each room knows only those named after it: `border` and `procedure`; `assets` and
`evidence`; `record`; `fold`; `gate`; `rules` (a contract of import-linter says so). The reducer is in `rules`.
"""
