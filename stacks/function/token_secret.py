"""The token by which a public URL knows its callers."""

from aws_cdk import RemovalPolicy
from aws_cdk import aws_kms as kms
from constructs import Construct

from stacks.function.readable import Readable
from stacks.shared.permissions import allow

# 62 ** 48 is more than 2 ** 256.
_CHARACTERS = 48


class TokenSecret(Construct):
    """A secret that AWS makes up, under a key of ours; no template and no log ever holds it.

    It goes with its stack: the stack's next deployment makes another one.
    """

    def __init__(self, scope: Construct, id: str, *, description: str, key: kms.IKey) -> None:
        # Takes a tenth of a second that those who sign their calls need not wait.
        from aws_cdk import aws_secretsmanager as secretsmanager  # noqa: PLC0415

        super().__init__(scope, id)
        # Not the L2, which writes itself into the key's policy: IAM governs the key.
        secret = secretsmanager.CfnSecret(
            self,
            "Secret",
            description=description,
            generate_secret_string=secretsmanager.CfnSecret.GenerateSecretStringProperty(
                exclude_punctuation=True, password_length=_CHARACTERS
            ),
            kms_key_id=key.key_arn,
        )
        secret.apply_removal_policy(RemovalPolicy.DESTROY)
        self.arn = secret.ref
        # To decrypt is among the rights that all functions have on the key.
        right = allow("secretsmanager:GetSecretValue", secret.ref)
        self.readable = Readable(variable="TOKEN_SECRET", name=self.arn, right=right)
