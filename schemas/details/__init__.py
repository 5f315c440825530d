"""The ``details`` of each event type, one module a family; free text and names are always `Private`."""
