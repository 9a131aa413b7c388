"""Destinations: one conformance suite for all, and what is each one's own."""

import pytest

pytest.register_assert_rewrite("tests.destinations.conformance")
