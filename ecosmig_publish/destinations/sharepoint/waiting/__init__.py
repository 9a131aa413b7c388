"""The one place that waits: for the service's word, for the budget, between attempts."""

from ecosmig_publish.destinations.sharepoint.waiting.attempts import Passing, Patience, Waiting
from ecosmig_publish.destinations.sharepoint.waiting.forecast import Forecast, forecast_wave
from ecosmig_publish.destinations.sharepoint.waiting.pace import Pace

__all__ = ["Forecast", "Pace", "Passing", "Patience", "Waiting", "forecast_wave"]
