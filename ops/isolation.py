"""An environment without the AWS of the machine, for the local cloud and for tests."""

import os
from collections.abc import Mapping

# Where SDKs look for credentials besides variables, in the order of botocore: the two files, and
# through their profiles processes, SSO and logins; boto's file; EC2's metadata. (Containers and web
# identities are told by variables:
# https://docs.aws.amazon.com/sdkref/latest/guide/standardized-credentials.html.)
_NOWHERE = {
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "BOTO_CONFIG": os.devnull,
    "AWS_EC2_METADATA_DISABLED": "true",
}
# What the CDK CLI tells an app of an account that it found.
_OF_THE_CLI = ("CDK_DEFAULT_ACCOUNT", "CDK_DEFAULT_REGION")


def without_aws(environment: Mapping[str, str]) -> dict[str, str]:
    """Return an environment in which no SDK finds credentials, a region, or an endpoint.

    Build services offer credentials to all that runs in them, and a laptop has files. Loopback is
    reached without a proxy; the package index still by the one that is set.
    """
    kept = {
        name: value
        for name, value in environment.items()
        if not name.startswith("AWS_") and name not in _OF_THE_CLI
    }
    direct = [kept[name] for name in ("no_proxy", "NO_PROXY") if kept.get(name)][:1]
    no_proxy = ",".join([*direct, "127.0.0.1", "localhost"])
    return kept | _NOWHERE | {"NO_PROXY": no_proxy, "no_proxy": no_proxy}
