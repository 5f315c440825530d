"""Papers that courts and authorities want, made from the records (docs/spec/procedure.md names them)."""
