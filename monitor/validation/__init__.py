"""Expectations of the assembled figures: compiled into suites of Great Expectations and run beside rendering."""
