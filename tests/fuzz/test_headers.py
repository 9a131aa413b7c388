"""What headers say of time."""

from __future__ import annotations

import math
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from ecosmig_publish.destinations.sharepoint.waiting import Pace
from ecosmig_publish.destinations.sharepoint.waiting.server_words import read_headers
from tests.destinations.sharepoint.driven import DrivenTime
from tests.fuzz.examples import fuzzed

NOW = datetime(2026, 6, 1, tzinfo=UTC)
LONGEST_PAUSE = 3600.0
TEXTS = st.one_of(
    st.text(max_size=30),
    st.from_regex(
        r"(Mon, )?[0-9]{1,3} (Jan|Dec|Foo) [0-9]{1,6} [0-9]{1,3}:[0-9]{2}:[0-9]{2} (GMT|-0000|[+-][0-9]{1,6})",
        fullmatch=True,
    ),
    st.sampled_from(("9" * 400, "9" * 5000, "²", "٣", "-1", "1.5", "inf", "nan", "Mon, 01 Jan 1 00:00:00 +2359")),
)


@fuzzed(200)
@given(st.dictionaries(st.sampled_from(("Retry-After", "Date", "RateLimit-Reset", "RateLimit-Remaining")), TEXTS))
def test_headers_say_a_time_that_can_be_waited_or_nothing(headers: dict[str, str]) -> None:
    words = read_headers(headers, NOW)
    assert words.wait_seconds is None or (words.wait_seconds >= 0 and math.isfinite(words.wait_seconds))
    assert words.reset_seconds is None or 0 <= words.reset_seconds <= LONGEST_PAUSE


@fuzzed()
@given(st.lists(st.dictionaries(st.sampled_from(("RateLimit-Reset", "RateLimit-Remaining")), TEXTS), max_size=5))
def test_no_count_of_what_is_left_holds_a_call_for_longer_than_an_hour(answers: list[dict[str, str]]) -> None:
    driven = DrivenTime()
    pace = Pace(0, clock=driven.clock, sleep=driven.sleep)
    for headers in answers:
        pace.observe(read_headers(headers, NOW), throttled=False)
    pace.admit(5)
    assert sum(driven.slept) <= LONGEST_PAUSE + 1
