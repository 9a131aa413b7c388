"""How the model's stories are told: always the same ones in a test, new ones by command."""

from __future__ import annotations

from hypothesis import HealthCheck, Phase, settings


def told(*, stories: int, steps: int, anew: bool = False) -> settings:
    """Return how many stories of how many steps are told; `anew`: other ones each time, and shortened on failure."""
    return settings(
        max_examples=stories,
        stateful_step_count=steps,
        deadline=None,
        derandomize=not anew,
        database=None,
        phases=[Phase.generate, Phase.shrink] if anew else [Phase.generate],
        suppress_health_check=list(HealthCheck),
        print_blob=anew,
    )
