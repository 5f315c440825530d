"""Reading what was seized: one streaming pass over files and directories of any size."""
