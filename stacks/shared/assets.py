"""Assets that Lambda can read, whatever the umask of the machine that synthesises."""

import stat
from pathlib import Path

from aws_cdk import App


def synth(app: App) -> Path:
    """Synthesise, let everybody read what is in the assets, and return the assembly's folder.

    CDK keeps the modes of the files that it ships, its own among them. A clone that was made with
    umask 077 deployed functions that AWS could not read
    (https://github.com/aws/aws-cdk/issues/8233).
    """
    folder = Path(app.synth().directory)
    for asset in folder.rglob("asset.*"):
        for path in (asset, *asset.rglob("*")):
            mode = stat.S_IMODE(path.lstat().st_mode)
            execute = 0o111 if path.is_dir() or mode & 0o100 else 0
            if not path.is_symlink() and mode | 0o444 | execute != mode:
                path.chmod(mode | 0o444 | execute)
    return folder
