"""A local cloud that takes the same `cdk deploy` as AWS."""

# The environment variable with the number of looks for which an interface of Lambda outlives its
# last function (network_interfaces.py). The local cloud's process reads it as well.
INTERFACE_LOOKS = "LOCAL_INTERFACE_LOOKS"
# The one that is there where the account has a new account's quotas (new_account.py).
NEW_ACCOUNT = "LOCAL_NEW_ACCOUNT"
