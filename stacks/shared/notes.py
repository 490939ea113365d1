"""Notes that `cdk synth` prints for a deployer; they stop nothing."""

from aws_cdk import Annotations, Stack
from constructs import Construct


def note(scope: Construct, id: str, text: str) -> None:
    """Have `cdk synth`, and every command that synthesises, print `text` for the stack of `scope`.

    It is CDK's kind "info", no warning, so `--strict` and the gates let it pass. `id` names it
    among the notes of that stack. What is said of settings is said once, by the stack they concern.
    Raises if `scope` is in no stack, as a stage is not, since nobody would print it.
    """
    Annotations.of(Stack.of(scope)).add_info_v2(f"lambda-drive:{id}", text)
