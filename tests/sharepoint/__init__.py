"""Whole runs through SharePoint, against the stand-in: undisturbed, disturbed, meddled with, in a hurry."""
