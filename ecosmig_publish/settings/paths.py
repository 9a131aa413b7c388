"""Paths of the configuration: relative ones start at its folder, and none stands in another's way."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from pathlib import Path

    from pydantic import BaseModel

    from ecosmig_publish.settings.model import Settings

    Section = TypeVar("Section", bound=BaseModel)


def with_absolute_paths(settings: Settings) -> Settings:
    """Return the settings with every path absolute."""
    base, destination = settings.base, settings.destination
    anchors = destination.folder.anchors
    folder = _changed(
        destination.folder,
        path=base / destination.folder.path,
        anchors=None if anchors is None else base / anchors,
    )
    sharepoint = destination.sharepoint
    if sharepoint is not None:
        onboarding = sharepoint.onboarding
        if onboarding is not None and onboarding.certificate is not None:
            onboarding = _changed(onboarding, certificate=base / onboarding.certificate)
        sharepoint = _changed(
            sharepoint,
            onboarding=onboarding,
            certificate=None if sharepoint.certificate is None else base / sharepoint.certificate,
            ca_bundle=str(base / sharepoint.ca_bundle) if sharepoint.ca_bundle else "",
        )
    operations = settings.operations
    return _changed(
        settings,
        operations=_changed(
            operations,
            log=None if operations.log is None else base / operations.log,
            metrics=None if operations.metrics is None else base / operations.metrics,
        ),
        outbox=_changed(settings.outbox, path=base / settings.outbox.path),
        destination=_changed(destination, folder=folder, sharepoint=sharepoint),
    )


def faults_of_paths(settings: Settings) -> list[str]:
    """Return what is wrong with where things are to stand: what recipients read must not hold what they may not."""
    if settings.destination.kind != "folder":
        return []
    outbox, folder = settings.outbox.path.resolve(), settings.destination.folder.path.resolve()
    if outbox == folder or _is_in(outbox, folder) or _is_in(folder, outbox):
        return [f"outbox.path and destination.folder.path: one may not be, or stand in, the other ({folder})"]
    anchors = settings.destination.folder.anchors
    if anchors is not None and (anchors.resolve() in (outbox, folder) or _is_in(anchors.resolve(), outbox)):
        return [f"destination.folder.anchors: needs a folder of its own, and not in the outbox ({anchors})"]
    return []


def _is_in(inner: Path, outer: Path) -> bool:
    return outer in inner.parents


def _changed(section: Section, **changes: object) -> Section:
    return section.model_copy(update=changes)
