"""To rehearse: play the runs of a span of time, and judge what they came to."""
