"""What holds for all tests. `--hypothesis-profile=default` tries new examples; without it every run tries the same."""

from hypothesis import settings

settings.register_profile("repeatable", deadline=None, derandomize=True, database=None)
settings.load_profile("repeatable")
