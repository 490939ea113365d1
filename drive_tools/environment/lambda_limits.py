"""Lambda's limits of environment variables, and the check that applies them.

Nothing but Python's own is imported here. The CDK app checks its functions by the same numbers.
"""

import json
from collections.abc import Mapping

# https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
ENVIRONMENT_BYTES = 4096

# https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime
RESERVED_ENVIRONMENT_NAMES = frozenset(
    {
        "_HANDLER",
        "_X_AMZN_TRACE_ID",
        "AWS_ACCESS_KEY",
        "AWS_ACCESS_KEY_ID",
        "AWS_DEFAULT_REGION",
        "AWS_EXECUTION_ENV",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
        "AWS_LAMBDA_FUNCTION_NAME",
        "AWS_LAMBDA_FUNCTION_VERSION",
        "AWS_LAMBDA_INITIALIZATION_TYPE",
        "AWS_LAMBDA_LOG_GROUP_NAME",
        "AWS_LAMBDA_LOG_STREAM_NAME",
        "AWS_LAMBDA_METADATA_API",
        "AWS_LAMBDA_METADATA_TOKEN",
        "AWS_LAMBDA_RUNTIME_API",
        "AWS_REGION",
        "AWS_SECRET_ACCESS_KEY",
        "AWS_SESSION_TOKEN",
        "LAMBDA_RUNTIME_DIR",
        "LAMBDA_TASK_ROOT",
    }
)


def check_environment(variables: dict[str, str]) -> None:
    """Hold a function's environment to Lambda's names and to 4 KB as JSON.

    A value that CloudFormation fills in at deploy time counts with the length of its placeholder.
    """
    for name in variables:
        if name in RESERVED_ENVIRONMENT_NAMES:
            raise ValueError(
                f"environment variable {name!r} is reserved by Lambda; choose another name"
            )
        # [a-zA-Z]([a-zA-Z0-9_])+
        if not (name.isascii() and name.isidentifier() and name[0] != "_" and len(name) > 1):
            raise ValueError(
                "environment variable names are a letter, then letters, digits or '_',"
                f" at least two characters in all, got {name!r}"
            )
    size = environment_bytes(variables)
    if size > ENVIRONMENT_BYTES:
        largest = max(variables, key=lambda name: len(variables[name].encode()))
        raise ValueError(
            f"environment must be at most {ENVIRONMENT_BYTES} bytes as JSON, with its quotes and"
            f" commas, got {size} (the largest is {largest})"
        )


def environment_bytes(variables: Mapping[str, str]) -> int:
    """Return the size of a function's variables for Lambda: as JSON without spaces, in UTF-8.

    https://docs.aws.amazon.com/lambda/latest/dg/troubleshooting-deployment.html (names, values,
    quotes, commas and brackets count)
    """
    text = json.dumps(variables, ensure_ascii=False, separators=(",", ":"))
    return len(text.encode(errors="surrogatepass"))
