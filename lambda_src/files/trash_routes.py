"""The routes of `/trash`: versions of files that were deleted or replaced come back."""

from http import HTTPStatus
from urllib.parse import quote

from aws_lambda_powertools.event_handler import Response

from drive import trash, trash_emptying, trash_restore
from drive.trash import Version
from files import destination, mount, web
from files.web import Success, operation

_DAY_SECONDS = 24 * 3600
_CHANGED = ("invalid-name", "not-found", "not-configured", "busy", "read-only")


@operation(
    "GET",
    "/trash/",
    answers={200: Success(description="One page", media="application/json", schema="TrashPage")},
    problems=("invalid-request", "read-only", "busy"),
    parameters=("limit", "cursor"),
    head=True,
)
def list_trash() -> Response[str]:
    """List the versions in the trash, the newest first, a page at a time."""
    page = trash.page(mount.ROOT, limit=web.page_limit(), cursor=web.query("cursor"))
    return web.as_json(
        {"versions": [_told(version) for version in page.versions], "cursor": page.cursor}
    )


@operation(
    "POST",
    "/trash/{version}",
    answers={
        201: Success(description="The file is there again", headers=("ETag", "Location")),
        204: Success(description="It replaced another version", headers=("ETag", "Location")),
    },
    problems=("invalid-request", "precondition-failed", "conflict", *_CHANGED),
    parameters=("Destination?", "Overwrite=F", *web.WRITE_CONDITIONS),
)
def restore_version() -> Response[str]:
    """Restore a version to its path, or to the name in the header Destination, in one step.

    Conditions are on the file that is there, which is not replaced without `Overwrite: T`.
    """
    name, written = trash_restore.restore(
        mount.ROOT,
        _version(),
        destination.given(),
        conditions=web.conditions(),
        overwrite=destination.overwrite(unsaid=False),
        limits=mount.limits(),
        keep=mount.keeps_versions(),
    )
    headers = {"ETag": written.etag, "Location": web.address(f"/files/{quote(name)}")}
    return web.empty(HTTPStatus.CREATED if written.created else HTTPStatus.NO_CONTENT, headers)


@operation(
    "DELETE",
    "/trash/{version}",
    answers={204: Success(description="It is gone for good")},
    problems=_CHANGED,
)
def delete_version() -> Response[str]:
    """Delete a version for good."""
    trash_emptying.remove(mount.ROOT, _version(), limits=mount.limits())
    return web.empty(HTTPStatus.NO_CONTENT)


def _version() -> str:
    return web.name_in(web.router.current_event.path, "/trash/")


def _told(version: Version) -> dict[str, object]:
    return {
        "id": version.id,
        # Bytes that are not UTF-8, which others made on the disk, cannot be told.
        "path": version.path.encode(errors="surrogateescape").decode(errors="replace"),
        "act": version.act,
        "trashed": web.date(version.trashed),
        "expires": web.date(version.trashed + mount.TRASH_DAYS * _DAY_SECONDS),
        "size": version.size,
        "modified": web.date(version.modified),
        "etag": version.etag,
    }
