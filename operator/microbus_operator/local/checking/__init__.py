"""`microbus-operator local check`: a command under derived permissions, and what its broker refused it."""
