"""Many days of many recipients, disturbed at random, against what must be true of everything that was ever seen.

`history` is the judge: pure, over what came to stand in the recipients' folders. `python -m tests.simulation` plays
worlds until so many issues were judged; `test_model` lets hypothesis look for the shortest story that goes wrong.
"""
