"""Pure decisions: observed state and a time in, actions and conditions out. Nothing here performs anything."""
