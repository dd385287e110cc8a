"""`microbus-operator local watch`: what a change of the source lets whom do, as soon as it is written."""
