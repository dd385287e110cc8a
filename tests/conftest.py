"""What holds for every tier of tests."""

from hypothesis import settings

# A busy machine is slow, not wrong: how long an example takes is measured by `make bench`.
settings.register_profile("microbus", deadline=None)
settings.load_profile("microbus")
