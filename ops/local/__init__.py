"""A local cloud that takes the same `cdk deploy` as AWS."""

# The environment variable that says for how many looks an interface of Lambda outlives its last
# function (interfaces.py). The local cloud's process reads it too, which loads little of `ops`.
INTERFACE_LOOKS = "LOCAL_INTERFACE_LOOKS"
