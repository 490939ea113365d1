"""What a client of EFS may do: by IAM on the file system, by mode and owner in the directory.

https://docs.aws.amazon.com/efs/latest/ug/iam-access-control-nfs-efs.html
https://docs.aws.amazon.com/efs/latest/ug/efs-access-points.html
https://docs.aws.amazon.com/lambda/latest/dg/configuration-filesystem.html
"""

from dataclasses import dataclass

from ops.local.rules.policies import AccessRequest, Decision, evaluate
from ops.local.rules.policy_documents import Policy
from ops.local.rules.roles import Role, ServiceRefusal

_MOUNT, _WRITE, _ROOT = (
    f"elasticfilesystem:{name}" for name in ("ClientMount", "ClientWrite", "ClientRootAccess")
)
_READ, _ENTER = 0o4, 0o1


@dataclass(frozen=True, kw_only=True)
class Mount:
    """How a client mounts a file system: ARNs of both, and how it gets there.

    The values that are given are those of Lambda's mounts.
    """

    file_system_arn: str
    access_point_arn: str
    encrypted: bool = True
    by_mount_target: bool = True


@dataclass(frozen=True, kw_only=True)
class Rights:
    """What a client may do that is mounted."""

    write: bool
    root: bool


@dataclass(frozen=True, kw_only=True)
class Directory:
    """A directory by its owner and its mode, such as 0o750."""

    owner_uid: int
    owner_gid: int
    mode: int


@dataclass(frozen=True, kw_only=True)
class User:
    """The user that an access point makes of everybody."""

    uid: int
    gid: int
    secondary_gids: tuple[int, ...] = ()


def check_mount(mount: Mount, role: Role, file_system_policy: Policy | None) -> Rights:
    """Refuse a mount that the policies do not allow, and say what they allow of the rest.

    Without a policy of the file system everybody who reaches a mount target may do everything, and
    IAM is not asked.
    """
    if file_system_policy is None:
        return Rights(write=True, root=True)
    request, decision = _decide(_MOUNT, mount, role, file_system_policy)
    if not decision.allowed:
        raise not_mounted(mount.access_point_arn, decision.message(request))
    return Rights(
        write=_decide(_WRITE, mount, role, file_system_policy)[1].allowed,
        root=_decide(_ROOT, mount, role, file_system_policy)[1].allowed,
    )


def _decide(
    action: str, mount: Mount, role: Role, file_system_policy: Policy
) -> tuple[AccessRequest, Decision]:
    keys = {
        "aws:SecureTransport": (str(mount.encrypted).lower(),),
        "elasticfilesystem:AccessPointArn": (mount.access_point_arn,),
        "elasticfilesystem:AccessedViaMountTarget": (str(mount.by_mount_target).lower(),),
    }
    request = role.request("efs", action, mount.file_system_arn, keys)
    return request, evaluate(request, role.applying(file_system_policy))


def not_mounted(access_point_arn: str, link: str) -> ServiceRefusal:
    """Return Lambda's error for a mount that is refused, with the link that lacks.

    https://docs.aws.amazon.com/lambda/latest/dg/troubleshooting-invocation.html
    """
    return ServiceRefusal(
        "EFSMountFailureException",
        "The function could not mount the EFS file system with access point"
        f" {access_point_arn}. ({link})",
    )


def check_directory(
    mount: Mount, user: User, directory: Directory | None, *, root_allowed: bool
) -> None:
    """Refuse a directory of an access point that is not there, or that its user cannot enter.

    The directory is not there if nobody made it and the access point does not say how to. The
    user 0 is nobody without `root_allowed`.
    """
    if directory is None:
        raise not_mounted(
            mount.access_point_arn,
            "the access point's root directory does not exist, and it has no CreationInfo to make"
            " it",
        )
    if user.uid == 0 and root_allowed:
        return
    if user.uid == directory.owner_uid and user.uid != 0:
        bits = directory.mode >> 6
    elif directory.owner_gid in {user.gid, *user.secondary_gids} and user.uid != 0:
        bits = directory.mode >> 3
    else:
        bits = directory.mode
    if bits & (_READ | _ENTER) != _READ | _ENTER:
        raise not_mounted(
            mount.access_point_arn,
            f"the access point's user {user.uid}:{user.gid} cannot enter its root directory, which"
            f" is of {directory.owner_uid}:{directory.owner_gid} with the mode {directory.mode:o}",
        )
