"""Environment variables that belong to an operator, not to a deployment."""

from aws_cdk import aws_ssm as ssm
from constructs import Construct

# What `python -m ops env` reads of a function to know whose its variables are.
KEYS_TAG = "lambda-drive:operator-keys"
PARAMETERS_TAG = "lambda-drive:operator-parameters"
# A variable of the function, with the first values that its deployment knew.
DEFAULTS = "OPERATOR_DEFAULTS"


class OperatorKeys(Construct):
    """Parameters that keep what an operator set, one a key; `defaults` are their first values.

    They have names of their own, `<prefix>/<key>`: the tool writes them by name, and a function's
    environment takes its values from them by name whenever its text changes. A deployment writes
    one again whenever anything of it changes but its tags; so nothing may, but its default
    (docs/decisions/0012-operator-keys.md).
    """

    def __init__(self, scope: Construct, id: str, *, prefix: str, defaults: dict[str, str]) -> None:
        super().__init__(scope, id)
        for key, default in defaults.items():
            ssm.CfnParameter(
                self,
                key,
                name=f"{prefix}/{key}",
                type="String",
                value=default,
                description="Set by an operator, with: python -m ops env",
            )
        # https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references-ssm.html
        references = {key: f"{{{{resolve:ssm:{prefix}/{key}}}}}" for key in defaults}
        # The text of a reference is the same whatever its parameter holds, and what has the same
        # text is not deployed: a default that changes must be seen in the function.
        said = " ".join(f"{key}={default}" for key, default in sorted(defaults.items()))
        self.environment = {**references, DEFAULTS: said}
        self.tags = {KEYS_TAG: " ".join(sorted(defaults)), PARAMETERS_TAG: prefix}


# The tags of a function whose variables are all the deployment's.
NO_OPERATOR_TAGS = {KEYS_TAG: ""}
