"""Who may do what, by the examples of AWS's pages on the evaluation of policies.

Each page is below https://docs.aws.amazon.com/IAM/latest/UserGuide/ where nothing else is said.
"""

from collections.abc import Mapping

import pytest

from ops.local.rules.policies import (
    AccessRequest,
    Decision,
    Policies,
    PolicyKind,
    Principal,
    evaluate,
)
from ops.local.rules.policy_documents import Policy
from tests.unit.policies import (
    ALL,
    FEDERATED,
    HERE,
    NOBODY,
    NOTHING,
    QUEUE,
    ROLE,
    ROOT,
    SESSION,
    THERE,
    USER,
    identity_policy,
    is_allowed,
    policy_of,
    request,
    resource_policy,
)

# --- reference_policies_evaluation-logic_policy-eval-basics.html: Carlos and his buckets

CARLOS = Principal(arn="arn:aws:iam::123456789012:user/carlossalazar")
CARLOS_OWN = identity_policy(
    {
        "Sid": "AllowS3ListRead",
        "Action": [
            "s3:GetBucketLocation",
            "s3:GetAccountPublicAccessBlock",
            "s3:ListAccessPoints",
            "s3:ListAllMyBuckets",
        ],
        "Resource": "arn:aws:s3:::*",
    },
    {
        "Sid": "AllowS3Self",
        "Action": "s3:*",
        "Resource": ["arn:aws:s3:::carlossalazar/*", "arn:aws:s3:::carlossalazar"],
    },
    {
        "Sid": "DenyS3Logs",
        "Effect": "Deny",
        "Action": "s3:*",
        "Resource": "arn:aws:s3:::*log*",
    },
)
CARLOS_BUCKET = resource_policy(
    {
        "Principal": {"AWS": CARLOS.arn},
        "Action": "s3:*",
        "Resource": ["arn:aws:s3:::carlossalazar/*", "arn:aws:s3:::carlossalazar"],
    }
)


def test_carlos_may_write_to_his_bucket_and_not_to_the_logs() -> None:
    own = request(CARLOS, "s3:PutObject", "arn:aws:s3:::carlossalazar/object")
    for policies in (
        Policies(identity=(CARLOS_OWN,), resource=CARLOS_BUCKET),
        Policies(identity=(CARLOS_OWN,)),
        Policies(resource=CARLOS_BUCKET),
    ):
        assert is_allowed(own, policies)
    logs = request(CARLOS, "s3:PutObject", "arn:aws:s3:::carlossalazar-logs/object")
    denied = evaluate(logs, Policies(identity=(CARLOS_OWN,)))
    assert denied == Decision(
        allowed=False,
        kind=PolicyKind.IDENTITY,
        explicit=True,
        policy="Own",
        statement="DenyS3Logs",
    )
    other = request(CARLOS, "s3:PutObject", "arn:aws:s3:::other/object")
    assert evaluate(other, Policies(identity=(CARLOS_OWN,))) == Decision(
        allowed=False, kind=PolicyKind.IDENTITY
    )


# --- reference_policies_evaluation-logic_AccessPolicyLanguage_Interplay.html


@pytest.mark.parametrize(
    ("action", "allowed", "explicit"),
    [
        ("iam:GetUser", True, True),
        ("iam:ListUsers", True, True),
        ("iam:CreatePolicy", False, False),
        ("iam:GetOrganizationsAccessReport", False, True),
        ("iam:GenerateCredentialReport", False, True),
        ("IAM:getuser", True, True),
    ],
)
def test_a_deny_that_is_written_is_told_from_an_allow_that_is_not(
    action: str, *, allowed: bool, explicit: bool
) -> None:
    own = identity_policy(
        {"Sid": "AllowGetList", "Action": ["iam:Get*", "iam:List*"]},
        {"Sid": "DenyReports", "Effect": "Deny", "Action": "iam:*Report"},
    )
    decision = evaluate(request(USER, action, "*"), Policies(identity=(own,)))
    assert (decision.allowed, decision.explicit) == (allowed, explicit)


def test_a_deny_in_one_policy_overrides_an_allow_in_another() -> None:
    deny = identity_policy({"Effect": "Deny", "Action": "sqs:*"})
    assert not is_allowed(request(USER), Policies(identity=(identity_policy(), deny)))


# --- reference_policies_evaluation-logic-cross-account.html: Carlos and another account's bucket


def test_another_accounts_resource_needs_both_accounts_to_allow() -> None:
    carlos = Principal(arn="arn:aws:iam::111111111111:user/carlossalazar")
    own = identity_policy(
        {"Sid": "AllowS3ListRead", "Action": "s3:ListAllMyBuckets"},
        {
            "Sid": "AllowS3ProductionObjectActions",
            "Action": "s3:*Object*",
            "Resource": "arn:aws:s3:::Production/*",
        },
        {
            "Sid": "DenyS3Logs",
            "Effect": "Deny",
            "Action": "s3:*",
            "Resource": ["arn:aws:s3:::*log*", "arn:aws:s3:::*log*/*"],
        },
    )
    bucket = resource_policy(
        {
            "Action": ["s3:GetObject*", "s3:PutObject*", "s3:ReplicateObject", "s3:RestoreObject"],
            "Principal": {"AWS": carlos.arn},
            "Resource": "arn:aws:s3:::Production/*",
        }
    )

    def call(resource: str, action: str = "s3:PutObject") -> AccessRequest:
        return AccessRequest(
            principal=carlos, action=action, resource=resource, account="222222222222"
        )

    both = Policies(identity=(own,), resource=bucket)
    assert is_allowed(call("arn:aws:s3:::Production/object"), both)
    assert not is_allowed(call("arn:aws:s3:::Production/object", "s3:DeleteObject"), both)
    assert not is_allowed(call("arn:aws:s3:::Production-logs/object"), Policies(identity=(own,)))
    only_own = evaluate(call("arn:aws:s3:::Production/object"), Policies(identity=(own,)))
    assert only_own == Decision(allowed=False, kind=PolicyKind.RESOURCE)
    only_there = evaluate(call("arn:aws:s3:::Production/object"), Policies(resource=bucket))
    assert only_there == Decision(allowed=False, kind=PolicyKind.IDENTITY)


# --- access_policies_boundaries.html: Shirley Rodriguez


def test_a_boundary_limits_and_allows_nothing_by_itself() -> None:
    boundary = policy_of("Limit", "identity", {"Action": ["s3:*", "cloudwatch:*", "ec2:*"]})
    create_user = Policies(
        identity=(identity_policy({"Action": "iam:CreateUser"}),), boundary=boundary
    )
    assert evaluate(request(USER, "iam:CreateUser", "*"), create_user) == Decision(
        allowed=False, kind=PolicyKind.BOUNDARY
    )
    assert evaluate(request(USER, "s3:ListBucket", "*"), create_user).kind is PolicyKind.IDENTITY
    more = Policies(identity=(identity_policy({"Action": "s3:*"}),), boundary=boundary)
    assert is_allowed(request(USER, "s3:ListBucket", "*"), more)


# --- https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html

IN_ACCOUNT = {"aws:PrincipalAccount": HERE, "aws:ResourceAccount": HERE}


@pytest.mark.parametrize(
    ("statement", "explicit"),
    [
        ({"Principal": "*"}, None),
        ({"Principal": {"AWS": HERE}}, None),
        ({"Principal": {"AWS": ROLE}}, None),
        ({"Principal": "*", "Condition": {"StringEquals": IN_ACCOUNT}}, None),
        ({"Principal": "*", "Condition": {"StringEquals": {"aws:SourceVpce": "vpce-1"}}}, None),
        ({"Principal": "*", "Action": "sqs:Receive*"}, False),
        ({"Principal": "*", "Resource": f"{QUEUE}0"}, False),
        ({"Principal": {"AWS": THERE}}, False),
        ({"Principal": "*", "Condition": {"StringEquals": {"aws:ResourceAccount": THERE}}}, False),
        ({"Principal": "*", "Effect": "Deny"}, True),
    ],
)
def test_the_policy_of_an_endpoint_limits_what_comes_by_it(
    statement: dict[str, object], explicit: bool | None
) -> None:
    call = AccessRequest(
        principal=SESSION,
        action="sqs:SendMessage",
        resource=QUEUE,
        keys={"aws:SourceVpce": ("vpce-1",)},
    )
    endpoint = policy_of("vpce-1", "resource", statement)
    decision = evaluate(call, Policies(identity=(ALL,), endpoint=endpoint))
    assert decision.allowed == (explicit is None)
    if explicit is not None:
        assert (decision.kind, decision.explicit) == (PolicyKind.ENDPOINT, explicit)
        reason = (
            "with an explicit deny in a VPC endpoint policy"
            if explicit
            else "because no VPC endpoint policy allows the sqs:SendMessage action"
        )
        assert decision.message(call).endswith(reason)
    # It allows nothing by itself.
    alone = evaluate(call, Policies(endpoint=endpoint))
    assert not alone.allowed
    assert alone.kind is (PolicyKind.ENDPOINT if explicit else PolicyKind.IDENTITY)


# --- reference_policies_evaluation-logic_policy-eval-denyallow.html: the table of implicit denies


@pytest.mark.parametrize(
    ("principal", "named", "identity", "boundary", "session", "allowed"),
    [
        # The resource's policy names the user: nothing of the user's limits it.
        (USER, USER.arn, None, NOTHING, None, True),
        # It names the role: no policy of the role is needed, and boundary and session limit it.
        (SESSION, ROLE, None, None, None, True),
        (SESSION, ROLE, None, NOTHING, None, False),
        (SESSION, ROLE, None, None, NOTHING, False),
        (SESSION, ROLE, None, ALL, ALL, True),
        # It names the session itself.
        (SESSION, SESSION.arn, None, NOTHING, NOTHING, True),
        (FEDERATED, FEDERATED.arn, None, NOTHING, NOTHING, True),
        # It names another session of the role, or another role.
        (SESSION, SESSION.arn + "2", None, None, None, False),
        (SESSION, ROLE + "2", None, None, None, False),
        # It names the account, which leaves it to the account's own policies.
        (SESSION, f"arn:aws:iam::{HERE}:root", None, None, None, False),
        (SESSION, HERE, ALL, None, None, True),
        (SESSION, HERE, ALL, NOTHING, None, False),
        (SESSION, HERE, ALL, ALL, NOTHING, False),
        # It names everybody: "For IAM users and role principals within your account, no other
        # permissions are required" (reference_policies_elements_principal.html).
        (SESSION, "*", None, None, None, True),
        (SESSION, "*", None, NOTHING, NOTHING, True),
        # Nothing names them.
        (SESSION, None, ALL, None, None, True),
        (SESSION, None, ALL, NOTHING, None, False),
        (SESSION, None, ALL, ALL, NOTHING, False),
        (SESSION, None, None, ALL, ALL, False),
    ],
)
def test_how_a_resources_policy_names_the_caller_says_what_limits_it(
    principal: Principal,
    named: str | None,
    identity: Policy | None,
    boundary: Policy | None,
    session: Policy | None,
    *,
    allowed: bool,
) -> None:
    policies = Policies(
        identity=(identity,) if identity else (),
        boundary=boundary,
        session=(session,) if session else (),
        resource=resource_policy({"Principal": {"AWS": named}}) if named else None,
    )
    assert is_allowed(request(principal), policies) is allowed


@pytest.mark.parametrize("where", ["identity", "boundary", "session", "resource"])
def test_a_deny_denies_wherever_it_is(where: str) -> None:
    deny = {"Effect": "Deny", "Action": "sqs:SendMessage"}
    everybody = resource_policy({"Principal": "*"})
    policies = {
        "identity": Policies(identity=(identity_policy(deny),), resource=everybody),
        "boundary": Policies(boundary=identity_policy(deny), resource=everybody),
        "session": Policies(session=(identity_policy(deny),), resource=everybody),
        "resource": Policies(
            identity=(ALL,), resource=resource_policy({**deny, "Principal": {"AWS": HERE}})
        ),
    }[where]
    decision = evaluate(request(SESSION), policies)
    assert (decision.allowed, decision.explicit) == (False, True)
    assert decision.kind is PolicyKind[where.upper()]
    assert decision.statement == "statement 1"


def test_the_root_user_may_everything_that_no_resource_denies() -> None:
    assert is_allowed(request(ROOT), Policies())
    denied = Policies(resource=resource_policy({"Effect": "Deny", "Principal": "*"}))
    assert not is_allowed(request(ROOT), denied)
    there = AccessRequest(
        principal=ROOT, action="sqs:SendMessage", resource=QUEUE.replace(HERE, THERE)
    )
    assert not is_allowed(there, Policies())
    assert is_allowed(there, Policies(resource=resource_policy({"Principal": {"AWS": HERE}})))


def test_a_service_and_somebody_unknown_need_the_resource_to_allow() -> None:
    service = Principal(arn="sns.amazonaws.com")
    allow = resource_policy({"Principal": {"Service": ["sqs.amazonaws.com", "sns.amazonaws.com"]}})
    assert is_allowed(request(service), Policies(resource=allow))
    assert not is_allowed(request(NOBODY), Policies(resource=allow))
    assert not is_allowed(request(service), Policies(identity=(ALL,)))
    for everybody in ("*", {"AWS": "*"}):
        assert is_allowed(
            request(NOBODY), Policies(resource=resource_policy({"Principal": everybody}))
        )
    account = resource_policy({"Principal": {"AWS": HERE}})
    assert not is_allowed(request(NOBODY), Policies(resource=account))


def test_everybody_may_ask_who_they_are() -> None:
    # https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
    deny = Policies(identity=(identity_policy({"Effect": "Deny"}),))
    assert is_allowed(request(USER, "sts:GetCallerIdentity", "*"), deny)


# --- troubleshoot_access-denied.html


@pytest.mark.parametrize(
    ("policies", "reason"),
    [
        (Policies(), "because no identity-based policy allows the sqs:SendMessage action"),
        (
            Policies(identity=(ALL,), boundary=NOTHING),
            "because no permissions boundary allows the sqs:SendMessage action",
        ),
        (
            Policies(identity=(ALL,), session=(NOTHING,)),
            "because no session policy allows the sqs:SendMessage action",
        ),
        (
            Policies(identity=(ALL,), resource_decides=True),
            "because no resource-based policy allows the sqs:SendMessage action",
        ),
        (
            Policies(resource_kind=PolicyKind.TRUST, resource_decides=True),
            "because no role trust policy allows the sqs:SendMessage action",
        ),
        (
            Policies(identity=(identity_policy({"Effect": "Deny"}),)),
            "with an explicit deny in an identity-based policy",
        ),
        (
            Policies(boundary=identity_policy({"Effect": "Deny"})),
            "with an explicit deny in a permissions boundary",
        ),
        (
            Policies(session=(identity_policy({"Effect": "Deny"}),)),
            "with an explicit deny in a session policy",
        ),
        (
            Policies(resource=resource_policy({"Effect": "Deny", "Principal": "*"})),
            "with an explicit deny in a resource-based policy",
        ),
        (
            Policies(
                resource=resource_policy({"Effect": "Deny", "Principal": "*"}),
                resource_kind=PolicyKind.TRUST,
            ),
            "with an explicit deny in the role trust policy",
        ),
    ],
)
def test_a_denial_is_told_in_awss_words(policies: Policies, reason: str) -> None:
    call = request(SESSION)
    assert evaluate(call, policies).message(call) == (
        f"User: {SESSION.arn} is not authorized to perform: sqs:SendMessage"
        f" on resource: {QUEUE} {reason}"
    )


# --- keys that nobody here knows


def test_a_key_that_is_not_known_counts_for_the_caller_and_is_told() -> None:
    condition = {"StringEquals": {"aws:SourceVpce": "vpce-1"}}
    known_too = {**condition, "Bool": {"aws:SecureTransport": "true"}}
    unknown = frozenset({"aws:sourcevpce", "aws:ResourceTag/"})
    call = AccessRequest(
        principal=USER,
        action="sqs:SendMessage",
        resource=QUEUE,
        keys={"aws:SecureTransport": ("false",)},
        unknown=unknown,
    )

    def decision(*statements: Mapping[str, object]) -> Decision:
        return evaluate(call, Policies(identity=(identity_policy(*statements),)))

    allow = decision({"Condition": condition})
    assert (allow.allowed, allow.assumed) == (True, frozenset({"aws:SourceVpce"}))
    deny = decision({}, {"Effect": "Deny", "Condition": condition})
    assert (deny.allowed, deny.assumed) == (True, frozenset({"aws:SourceVpce"}))
    assert not decision({"Condition": known_too}).allowed
    tag = decision({"Resource": "arn:aws:sqs:*:*:${aws:ResourceTag/name}"})
    assert (tag.allowed, tag.assumed) == (True, frozenset({"aws:ResourceTag/name"}))
    # A statement that asks for nothing unknown decides where there is one.
    assert decision({"Condition": condition}, {}).assumed == frozenset()
    absent = AccessRequest(principal=USER, action="sqs:SendMessage", resource=QUEUE)
    own = Policies(identity=(identity_policy({"Condition": condition}),))
    assert not is_allowed(absent, own)
