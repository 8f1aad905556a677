"""A module that can't be initialised."""

raise RuntimeError("no configuration")
