"""A read-only mount for a function in Python: what would write to it fails, as NFS lets it fail.

Python imports this module when it starts in a function whose role may mount and not write
(`function_checks`). Paths below the mount cannot be written. Nor can relative paths: in Lambda a
function's own folder is read-only, and a path that is relative to an open directory is not known
here. `os.mknod` raises no audit event and is not seen.

https://docs.python.org/3/library/audit_events.html
"""

import errno
import os
import sys

_MOUNT = os.path.realpath(os.environ["MOUNT_PATH"])
_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
# The arguments of each event that are paths, by their places.
_CHANGES = {
    **dict.fromkeys(("os.chmod", "os.chown", "os.mkdir", "os.remove", "os.removexattr"), (0,)),
    **dict.fromkeys(("os.rmdir", "os.setxattr", "os.truncate", "os.utime"), (0,)),
    **dict.fromkeys(("os.link", "os.rename", "os.symlink"), (0, 1)),
}


def _refuse(event: str, arguments: tuple[object, ...]) -> None:
    if event == "open":
        path, _, flags = arguments
        paths = [path] if isinstance(flags, int) and flags & _WRITES else []
    else:
        paths = [arguments[place] for place in _CHANGES.get(event, ())]
    for path in paths:
        if isinstance(path, str | bytes) and _is_read_only(os.fsdecode(path)):
            raise OSError(errno.EROFS, os.strerror(errno.EROFS), path)


def _is_read_only(path: str) -> bool:
    if not os.path.isabs(path):
        return True
    folder = os.path.realpath(os.path.dirname(path))
    return folder == _MOUNT or folder.startswith(f"{_MOUNT}{os.sep}") or path == _MOUNT


sys.addaudithook(_refuse)
