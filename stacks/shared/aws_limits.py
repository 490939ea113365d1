"""AWS's own numbers, each with the page it comes from, and the checks that apply them.

Nothing but Python's own is imported here, so that every part of the project may import this module.
Each check raises `ValueError` with one line: what it is called, what it may be, and what it got.
Those of environment variables are in `drive_tools.environment.lambda_limits`.
"""

from collections.abc import Iterable

# https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
FUNCTION_LAYERS = 5
FUNCTION_UNZIPPED_BYTES = 250 * 1024 * 1024
FUNCTION_TIMEOUT_SECONDS = (1, 900)
FUNCTION_MEMORY_MB = (128, 10_240)
FUNCTION_EPHEMERAL_STORAGE_MIB = (512, 10_240)
INVOCATION_PAYLOAD_BYTES = 6 * 1024 * 1024
# The same page, "Concurrency": requests of each instance; of a function URL by what is reserved
# (https://docs.aws.amazon.com/lambda/latest/dg/urls-configuration.html#urls-throttling).
REQUESTS_A_SECOND_AND_INSTANCE = 10
ACCOUNT_CONCURRENCY = 1000
# What must stay unreserved of it (API_PutFunctionConcurrency).
UNRESERVED_CONCURRENCY = 100
# "New AWS accounts have reduced concurrency and memory quotas", the page says; how much, people say
# (https://github.com/awslabs/genai-bedrock-agent-chatbot/issues/4).
NEW_ACCOUNT_MEMORY_MB = 3008
# All of them must stay unreserved, as 100 of the 1,000 that others have
# (https://github.com/aws-samples/one-observability-demo/issues/278).
NEW_ACCOUNT_CONCURRENCY = 10
# CodeBuild: 1 at once, or none until AWS has looked at the account
# (https://github.com/aws-samples/aws-secure-environment-accelerator/issues/982).
NEW_ACCOUNT_BUILDS = 0

# CloudFormation makes up the names of functions and roles, of 64 characters at most, of the stack's
# name, the logical id and its own ending, and cuts the first two. Nobody has seen it take less than
# 24 of a stack's name (https://github.com/convox/rack/issues/2297). A policy that knows a function
# by what its name begins with would match nothing; so "<stage>-Service" is never longer.
GENERATED_STACK_CHARACTERS = 24
STAGE_CHARACTERS = GENERATED_STACK_CHARACTERS - len("-Service")

# The same page: "Function resource-based policy".
FUNCTION_POLICY_BYTES = 20 * 1024
FUNCTION_POLICY_ROOM_BYTES = 2 * 1024  # for others than url_invokers
# https://docs.aws.amazon.com/lambda/latest/api/API_VpcConfig.html
FUNCTION_SUBNETS = 16

# https://docs.aws.amazon.com/lambda/latest/api/API_PutFunctionConcurrency.html (an integer; what an
# account has to reserve, all but 100, is a quota of its own)
CONCURRENCY = (0, 2**31 - 1)

# https://aws.amazon.com/about-aws/global-infrastructure/regions_az/ (us-east-1 has the most)
REGION_ZONES = 6
# Without names: one zone may fail; most regions have three, and no account sees fewer than two.
NUMBERED_ZONES = (2, 3)

# Regions in which no drive can be, as AWS's pages said on 2026-11-26.
# https://docs.aws.amazon.com/lambda/latest/dg/lambda-urls.html
REGIONS_WITHOUT_FUNCTION_URLS = frozenset(
    {
        "ap-east-2",
        "ap-south-2",
        "ap-southeast-4",
        "ap-southeast-5",
        "ap-southeast-6",
        "ap-southeast-7",
        "ca-west-1",
        "eu-central-2",
        "eu-south-2",
        "il-central-1",
        "me-central-1",
    }
)
# https://docs.aws.amazon.com/lambda/latest/dg/configuration-filesystem.html
REGIONS_WITHOUT_EFS_FOR_LAMBDA = frozenset(
    {
        "ap-east-2",
        "ap-southeast-5",
        "ap-southeast-6",
        "ap-southeast-7",
        "ca-west-1",
        "mx-central-1",
    }
)

# Regions in which CloudFormation does not know budgets, and refuses a template that has one
# (https://github.com/aws-cloudformation/cloudformation-coverage-roadmap/issues/2177). AWS has no
# page of them: they are those whose registry schemas in cfn-lint 1.51 lack the type.
REGIONS_WITHOUT_BUDGETS = frozenset(
    {
        "af-south-1",
        "ap-east-1",
        "ap-east-2",
        "ap-northeast-3",
        "ap-south-2",
        "ap-southeast-3",
        "ap-southeast-4",
        "ap-southeast-5",
        "ap-southeast-6",
        "ap-southeast-7",
        "ca-west-1",
        "eu-central-2",
        "eu-north-1",
        "eu-south-1",
        "eu-south-2",
        "il-central-1",
        "me-central-1",
        "me-south-1",
        "mx-central-1",
        # Their bills are of an account elsewhere, which has the budgets
        # (https://docs.aws.amazon.com/govcloud-us/latest/UserGuide/govcloud-differences.html).
        "us-gov-east-1",
        "us-gov-west-1",
    }
)
_REGIONS_WITHOUT_TYPE = {
    "AWS::Budgets::Budget": REGIONS_WITHOUT_BUDGETS,
    "AWS::Lambda::Url": REGIONS_WITHOUT_FUNCTION_URLS,
}

# https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html
VPC_PREFIXES = (16, 28)
SUBNET_PREFIX = 28

# https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html (of account and region)
ELASTIC_ADDRESSES = 5
VPCS = 5  # the same page: one of them is AWS's default
SECURITY_GROUP_RULES = 60  # the same page: in each direction, without asking for more

# https://docs.aws.amazon.com/lambda/latest/api/API_FileSystemConfig.html
MOUNT_PATH_CHARACTERS = 160
_MOUNT_PATH_ALPHABET = frozenset(
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_."
)

# https://docs.aws.amazon.com/efs/latest/ug/limits.html (47.9 TiB; the drive itself has no limit)
FILE_BYTES = 52_673_613_135_872

# https://docs.aws.amazon.com/efs/latest/ug/API_CreateFileSystem.html (less in some regions)
PROVISIONED_THROUGHPUT_MIBPS = (1, 3414)

# https://docs.aws.amazon.com/aws-backup/latest/devguide/API_Lifecycle.html
BACKUP_DAYS = 36_500

# https://docs.aws.amazon.com/lambda/latest/api/API_Cors.html
CORS_ORIGINS = 100
CORS_ORIGIN_CHARACTERS = 253

# https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html
HTTP_API_SECONDS = 30
# https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html (of account and region)
HTTP_API_REQUESTS_PER_SECOND = 10_000
HTTP_API_BURST = 5_000


def check_range(name: str, value: object, allowed: tuple[int, int], note: str = "") -> None:
    """Hold `value` to the closed range `allowed`; `note` says where the range comes from."""
    low, high = allowed
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        reason = f" ({note})" if note else ""
        raise ValueError(f"{name} must be {low}..{high}{reason}, got {value!r}")


def check_region(region: str) -> None:
    """Hold `region` to those in which a function can have a URL and an EFS disk."""
    for what, without in (
        ("function URLs", REGIONS_WITHOUT_FUNCTION_URLS),
        ("EFS for Lambda", REGIONS_WITHOUT_EFS_FOR_LAMBDA),
    ):
        if region in without:
            raise ValueError(
                f"region must be one with {what} (which AWS's page says this one has not; if it has"
                f" by now, take it out of stacks/shared/aws_limits.py), got {region!r}"
            )


def unknown_types(used: Iterable[str], region: str) -> list[str]:
    """Return those of the types that CloudFormation does not know in the region.

    It refuses a template with one: `Template format error: Unrecognized resource types`.
    """
    return sorted(each for each in used if region in _REGIONS_WITHOUT_TYPE.get(each, ()))


def check_function_size(
    *, memory_mb: int, timeout_seconds: int, ephemeral_storage_mib: int
) -> None:
    """Hold a function's memory (MB), timeout (s) and `/tmp` (MiB) to what Lambda accepts."""
    check_range("memory_mb", memory_mb, FUNCTION_MEMORY_MB, "MB")
    check_range("timeout_seconds", timeout_seconds, FUNCTION_TIMEOUT_SECONDS, "Lambda's limit")
    check_range(
        "ephemeral_storage_mib", ephemeral_storage_mib, FUNCTION_EPHEMERAL_STORAGE_MIB, "MiB"
    )


def check_layer_count(count: int) -> None:
    """Hold the number of layers of one function to Lambda's limit."""
    if count > FUNCTION_LAYERS:
        raise ValueError(f"a function takes at most {FUNCTION_LAYERS} layers, got {count}")


def check_unzipped_bytes(what: str, size: int) -> None:
    """Hold the unzipped size in bytes of a function's code and layers to Lambda's limit."""
    if size > FUNCTION_UNZIPPED_BYTES:
        mib = 1024 * 1024
        raise ValueError(
            f"{what} must be at most {FUNCTION_UNZIPPED_BYTES // mib} MiB unzipped,"
            f" got {size / mib:.1f} MiB"
        )


def check_mount_path(path: str) -> None:
    """Hold `path` to the pattern `/mnt/[a-zA-Z0-9-_.]+`, at most 160 characters."""
    name = path.removeprefix("/mnt/")
    if (
        name == path
        or not name
        or set(name) - _MOUNT_PATH_ALPHABET
        or name in {".", ".."}
        or len(path) > MOUNT_PATH_CHARACTERS
    ):
        raise ValueError(
            "mount_path must be /mnt/<name>, where the name is letters, digits, '-', '_' or '.'"
            f" and the whole is at most {MOUNT_PATH_CHARACTERS} characters, got {path!r}"
        )


def check_url_invokers(principals: tuple[str, ...]) -> None:
    """Hold the permissions of the principals, two for each, to what a function's policy may have.

    It is the text of one JSON document, which Lambda writes without spaces. What Lambda and
    CloudFormation make up, a statement's name of at most 100 characters and a function's of 64, is
    counted at its longest, as is what API Gateway and a public URL are permitted.
    """
    function = "arn:aws-us-gov:lambda:ap-southeast-1:123456789012:function:" + 64 * "x"
    conditions = {
        "lambda:InvokeFunctionUrl": '{"StringEquals":{"lambda:FunctionUrlAuthType":"AWS_IAM"}}',
        "lambda:InvokeFunction": '{"Bool":{"lambda:InvokedViaFunctionUrl":"true"}}',
    }
    size = FUNCTION_POLICY_ROOM_BYTES + sum(
        len(
            f'{{"Sid":"{100 * "x"}","Effect":"Allow","Principal":{{"AWS":"{principal}"}},'
            f'"Action":"{action}","Resource":"{function}","Condition":{condition}}},'
        )
        for principal in principals
        for action, condition in conditions.items()
    )
    if size > FUNCTION_POLICY_BYTES:
        raise ValueError(
            "url_invokers must fit into the policy of the function, which takes"
            f" {FUNCTION_POLICY_BYTES} bytes (two permissions for each, {size // len(principals)}"
            f" bytes or so), got {len(principals)} of them, {size} bytes; name an account"
            " (arn:aws:iam::<account>:root) in place of its roles, or give callers a policy of"
            " their own that allows lambda:InvokeFunctionUrl and lambda:InvokeFunction"
        )
