"""Environment variables without the machine's access to AWS, for the local cloud and for tests."""

import os
from collections.abc import Mapping

# The places in which SDKs look for credentials besides variables, in the order of botocore: the two
# files, and through their profiles processes, SSO and logins; boto's file; EC2's metadata.
# (Variables name the credentials of containers and web identities:
# https://docs.aws.amazon.com/sdkref/latest/guide/standardized-credentials.html.)
_NOWHERE = {
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "BOTO_CONFIG": os.devnull,
    "AWS_EC2_METADATA_DISABLED": "true",
}
# The CDK CLI passes the account and region that it found to an app in these.
_OF_THE_CLI = ("CDK_DEFAULT_ACCOUNT", "CDK_DEFAULT_REGION")


def without_aws(environment: Mapping[str, str]) -> dict[str, str]:
    """Return an environment in which no SDK finds credentials, a region, or an endpoint.

    Build services offer credentials to every process, and a laptop has files. Loopback is reached
    without a proxy, and the package index by the proxy that is set.
    """
    kept = {
        name: value
        for name, value in environment.items()
        if not name.startswith("AWS_") and name not in _OF_THE_CLI
    }
    direct = [kept[name] for name in ("no_proxy", "NO_PROXY") if kept.get(name)][:1]
    no_proxy = ",".join([*direct, "127.0.0.1", "localhost"])
    return kept | _NOWHERE | {"NO_PROXY": no_proxy, "no_proxy": no_proxy}
