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
from ops.local.rules.policy_documents import Kind, Policy, policy

HERE, THERE = "111122223333", "444455556666"
USER = Principal(arn=f"arn:aws:iam::{HERE}:user/exampleuser")
ROLE = f"arn:aws:iam::{HERE}:role/examplerole"
SESSION = Principal(
    arn=f"arn:aws:sts::{HERE}:assumed-role/examplerole/examplerolesessionname", role=ROLE
)
FEDERATED = Principal(arn=f"arn:aws:sts::{HERE}:federated-user/exampleuser")
ROOT = Principal(arn=f"arn:aws:iam::{HERE}:root")
NOBODY = Principal(arn="*")
QUEUE = f"arn:aws:sqs:us-east-2:{HERE}:queue1"


def _policy(name: str, kind: Kind, *statements: Mapping[str, object]) -> Policy:
    """Return a policy of statements that are, where they do not say it, Allow * on *."""
    whole: Mapping[str, object] = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    filled = [
        {
            **{each: whole[each] for each in whole if f"Not{each}" not in statement},
            **statement,
        }
        for statement in statements
    ]
    return policy(name, {"Version": "2012-10-17", "Statement": filled}, kind)


def _identity(*statements: Mapping[str, object]) -> Policy:
    return _policy("Own", "identity", *(statements or ({},)))


def _resource(*statements: Mapping[str, object]) -> Policy:
    return _policy("Resource", "resource", *statements)


def _call(
    principal: Principal, action: str = "sqs:SendMessage", resource: str = QUEUE
) -> AccessRequest:
    return AccessRequest(principal=principal, action=action, resource=resource)


def _allowed(call: AccessRequest, policies: Policies) -> bool:
    return evaluate(call, policies).allowed


# --- reference_policies_evaluation-logic_policy-eval-basics.html: Carlos and his buckets

CARLOS = Principal(arn="arn:aws:iam::123456789012:user/carlossalazar")
CARLOS_OWN = _identity(
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
CARLOS_BUCKET = _resource(
    {
        "Principal": {"AWS": CARLOS.arn},
        "Action": "s3:*",
        "Resource": ["arn:aws:s3:::carlossalazar/*", "arn:aws:s3:::carlossalazar"],
    }
)


def test_carlos_may_write_to_his_bucket_and_not_to_the_logs() -> None:
    own = _call(CARLOS, "s3:PutObject", "arn:aws:s3:::carlossalazar/object")
    for policies in (
        Policies(identity=(CARLOS_OWN,), resource=CARLOS_BUCKET),
        Policies(identity=(CARLOS_OWN,)),
        Policies(resource=CARLOS_BUCKET),
    ):
        assert _allowed(own, policies)
    logs = _call(CARLOS, "s3:PutObject", "arn:aws:s3:::carlossalazar-logs/object")
    denied = evaluate(logs, Policies(identity=(CARLOS_OWN,)))
    assert denied == Decision(
        allowed=False,
        kind=PolicyKind.IDENTITY,
        explicit=True,
        policy="Own",
        statement="DenyS3Logs",
    )
    other = _call(CARLOS, "s3:PutObject", "arn:aws:s3:::other/object")
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
    own = _identity(
        {"Sid": "AllowGetList", "Action": ["iam:Get*", "iam:List*"]},
        {"Sid": "DenyReports", "Effect": "Deny", "Action": "iam:*Report"},
    )
    decision = evaluate(_call(USER, action, "*"), Policies(identity=(own,)))
    assert (decision.allowed, decision.explicit) == (allowed, explicit)


def test_a_deny_in_one_policy_overrides_an_allow_in_another() -> None:
    deny = _identity({"Effect": "Deny", "Action": "sqs:*"})
    assert not _allowed(_call(USER), Policies(identity=(_identity(), deny)))


# --- reference_policies_evaluation-logic-cross-account.html: Carlos and another account's bucket


def test_another_accounts_resource_needs_both_accounts_to_allow() -> None:
    carlos = Principal(arn="arn:aws:iam::111111111111:user/carlossalazar")
    own = _identity(
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
    bucket = _resource(
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
    assert _allowed(call("arn:aws:s3:::Production/object"), both)
    assert not _allowed(call("arn:aws:s3:::Production/object", "s3:DeleteObject"), both)
    assert not _allowed(call("arn:aws:s3:::Production-logs/object"), Policies(identity=(own,)))
    only_own = evaluate(call("arn:aws:s3:::Production/object"), Policies(identity=(own,)))
    assert only_own == Decision(allowed=False, kind=PolicyKind.RESOURCE)
    only_there = evaluate(call("arn:aws:s3:::Production/object"), Policies(resource=bucket))
    assert only_there == Decision(allowed=False, kind=PolicyKind.IDENTITY)


# --- access_policies_boundaries.html: Shirley Rodriguez


def test_a_boundary_limits_and_allows_nothing_by_itself() -> None:
    boundary = _policy("Limit", "identity", {"Action": ["s3:*", "cloudwatch:*", "ec2:*"]})
    create_user = Policies(identity=(_identity({"Action": "iam:CreateUser"}),), boundary=boundary)
    assert evaluate(_call(USER, "iam:CreateUser", "*"), create_user) == Decision(
        allowed=False, kind=PolicyKind.BOUNDARY
    )
    assert evaluate(_call(USER, "s3:ListBucket", "*"), create_user).kind is PolicyKind.IDENTITY
    more = Policies(identity=(_identity({"Action": "s3:*"}),), boundary=boundary)
    assert _allowed(_call(USER, "s3:ListBucket", "*"), more)


# --- reference_policies_evaluation-logic_policy-eval-denyallow.html: the table of implicit denies

NOTHING = _policy("Nothing", "identity", {"Action": "none:None"})
ALL = _policy("All", "identity", {})


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
        resource=_resource({"Principal": {"AWS": named}}) if named else None,
    )
    assert _allowed(_call(principal), policies) is allowed


@pytest.mark.parametrize("where", ["identity", "boundary", "session", "resource"])
def test_a_deny_denies_wherever_it_is(where: str) -> None:
    deny = {"Effect": "Deny", "Action": "sqs:SendMessage"}
    everybody = _resource({"Principal": "*"})
    policies = {
        "identity": Policies(identity=(_identity(deny),), resource=everybody),
        "boundary": Policies(boundary=_identity(deny), resource=everybody),
        "session": Policies(session=(_identity(deny),), resource=everybody),
        "resource": Policies(
            identity=(ALL,), resource=_resource({**deny, "Principal": {"AWS": HERE}})
        ),
    }[where]
    decision = evaluate(_call(SESSION), policies)
    assert (decision.allowed, decision.explicit) == (False, True)
    assert decision.kind is PolicyKind[where.upper()]
    assert decision.statement == "statement 1"


def test_the_root_user_may_everything_that_no_resource_denies() -> None:
    assert _allowed(_call(ROOT), Policies())
    denied = Policies(resource=_resource({"Effect": "Deny", "Principal": "*"}))
    assert not _allowed(_call(ROOT), denied)
    there = AccessRequest(
        principal=ROOT, action="sqs:SendMessage", resource=QUEUE.replace(HERE, THERE)
    )
    assert not _allowed(there, Policies())
    assert _allowed(there, Policies(resource=_resource({"Principal": {"AWS": HERE}})))


def test_a_service_and_somebody_unknown_need_the_resource_to_allow() -> None:
    service = Principal(arn="sns.amazonaws.com")
    allow = _resource({"Principal": {"Service": ["sqs.amazonaws.com", "sns.amazonaws.com"]}})
    assert _allowed(_call(service), Policies(resource=allow))
    assert not _allowed(_call(NOBODY), Policies(resource=allow))
    assert not _allowed(_call(service), Policies(identity=(ALL,)))
    for everybody in ("*", {"AWS": "*"}):
        assert _allowed(_call(NOBODY), Policies(resource=_resource({"Principal": everybody})))
    account = _resource({"Principal": {"AWS": HERE}})
    assert not _allowed(_call(NOBODY), Policies(resource=account))


def test_everybody_may_ask_who_they_are() -> None:
    # https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
    deny = Policies(identity=(_identity({"Effect": "Deny"}),))
    assert _allowed(_call(USER, "sts:GetCallerIdentity", "*"), deny)


# --- reference_policies_elements_notprincipal.html, reference_policies_elements_principal.html


@pytest.mark.parametrize(
    ("names", "caller", "denied"),
    [
        (["user/Bob", "root"], "user/Bob", False),
        (["user/Bob", "root"], "user/Eve", True),
        (["user/Bob"], "user/Bob", True),
        (["root"], "root", False),
        (["root"], "user/Bob", True),
        (["session", "role", "root"], "session", False),
        (["role", "root"], "session", True),
        (["session", "root"], "session", True),
        (["session", "role", "root"], "session2", True),
    ],
)
def test_not_principal_leaves_out_whom_it_names_at_each_level(
    names: list[str], caller: str, *, denied: bool
) -> None:
    role = f"arn:aws:iam::{THERE}:role/cross-account-read-only-role"
    session = (
        f"arn:aws:sts::{THERE}:assumed-role/cross-account-read-only-role/cross-account-audit-app"
    )
    arns = {"session": session, "role": role, "session2": f"{session}2"}
    listed = [arns.get(name, f"arn:aws:iam::{THERE}:{name}") for name in names]
    principal = Principal(
        arn=arns.get(caller, f"arn:aws:iam::{THERE}:{caller}"),
        role=role if caller.startswith("session") else None,
    )
    bucket = _resource(
        {"Principal": "*"},
        {
            "Effect": "Deny",
            "NotPrincipal": {"AWS": listed},
            "Action": "s3:*",
            "Resource": ["arn:aws:s3:::BUCKETNAME", "arn:aws:s3:::BUCKETNAME/*"],
        },
    )
    call = AccessRequest(
        principal=principal,
        action="s3:GetObject",
        resource="arn:aws:s3:::BUCKETNAME/o",
        account=HERE,
    )
    decision = evaluate(call, Policies(identity=(ALL,), resource=bucket))
    assert decision.allowed is not denied
    assert not denied or decision.explicit


def test_the_principals_arn_is_that_of_the_role_and_not_of_the_session() -> None:
    deny_others = _resource(
        {"Principal": "*"},
        {
            "Sid": "UsePrincipalArnInsteadOfNotPrincipalWithDeny",
            "Effect": "Deny",
            "Principal": "*",
            "Condition": {"ArnNotEquals": {"aws:PrincipalArn": [ROLE, USER.arn]}},
        },
    )
    for principal in (SESSION, USER):
        assert _allowed(_call(principal), Policies(resource=deny_others))
    assert not _allowed(_call(FEDERATED), Policies(resource=deny_others))


# --- reference_policies_elements_notaction.html, reference_policies_elements_notresource.html


def test_not_action_is_about_all_others() -> None:
    s3 = _identity({"NotAction": "s3:DeleteBucket", "Resource": "arn:aws:s3:::*"})
    policies = Policies(identity=(s3,))
    assert _allowed(_call(USER, "s3:GetObject", "arn:aws:s3:::bucket/o"), policies)
    assert not _allowed(_call(USER, "s3:DeleteBucket", "arn:aws:s3:::bucket"), policies)
    assert not _allowed(_call(USER, "s3:ListAllMyBuckets", "*"), policies)
    assert not _allowed(_call(USER, "ec2:StopInstances", QUEUE), policies)
    not_iam = Policies(identity=(_identity({"NotAction": "iam:*"}),))
    assert _allowed(_call(USER), not_iam)
    assert not _allowed(_call(USER, "iam:GetUser", "*"), not_iam)


def test_without_mfa_all_but_iam_is_denied() -> None:
    mfa = _identity(
        {"Sid": "AllowAll"},
        {
            "Sid": "DenyAllUsersNotUsingMFA",
            "Effect": "Deny",
            "NotAction": "iam:*",
            "Condition": {"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}},
        },
    )

    def allowed(action: str, mfa_present: str | None = None) -> bool:
        keys = {"aws:MultiFactorAuthPresent": (mfa_present,)} if mfa_present else {}
        call = AccessRequest(principal=USER, action=action, keys=keys)
        return _allowed(call, Policies(identity=(mfa,)))

    assert not allowed("sqs:ListQueues", "false")
    assert not allowed("sqs:ListQueues")  # long-term credentials do not have the key
    assert allowed("sqs:ListQueues", "true")
    assert allowed("iam:GetUser", "false")


def test_not_resource_is_about_all_others() -> None:
    payroll = _identity(
        {},
        {
            "Effect": "Deny",
            "Action": "s3:*",
            "NotResource": ["arn:aws:s3:::HRBucket/Payroll", "arn:aws:s3:::HRBucket/Payroll/*"],
        },
    )
    policies = Policies(identity=(payroll,))
    assert _allowed(_call(USER, "s3:GetObject", "arn:aws:s3:::HRBucket/Payroll/may"), policies)
    assert not _allowed(_call(USER, "s3:GetObject", "arn:aws:s3:::HRBucket/Other"), policies)
    assert not _allowed(_call(USER, "s3:GetObject", "arn:aws:s3:::hrbucket/Payroll"), policies)
    assert _allowed(_call(USER), policies)


# --- reference_policies_elements_resource.html: "it is treated the same as any other character"


@pytest.mark.parametrize(
    ("name", "matched"),
    [
        ("1/test/object.jpg", True),
        ("1/2/test/object.jpg", True),
        ("1/2/test/3/object.jpg", True),
        ("1/2/3/test/4/object.jpg", True),
        ("1///test///object.jpg", True),
        ("1/test/.jpg", True),
        ("/test/object.jpg", True),
        ("1/test/", True),
        ("1-test/object.jpg", False),
        ("test/object.jpg", False),
        ("1/2/test.jpg", False),
    ],
)
def test_a_wildcard_is_any_characters_of_the_resource(name: str, *, matched: bool) -> None:
    own = _identity({"Resource": "arn:aws:s3:::amzn-s3-demo-bucket/*/test/*"})
    call = _call(USER, "s3:GetObject", f"arn:aws:s3:::amzn-s3-demo-bucket/{name}")
    assert _allowed(call, Policies(identity=(own,))) is matched


def test_a_wildcard_of_one_part_of_an_arn_does_not_reach_into_the_next() -> None:
    own = _identity({"Resource": f"arn:aws:someservice:*:{HERE}:finance/*"})
    policies = Policies(identity=(own,))
    there = f"arn:aws:someservice:us-east-2:999999999999:store/abc:{HERE}:finance/document.txt"
    assert not _allowed(_call(USER, "someservice:Get", there), policies)
    here = f"arn:aws:someservice:us-east-2:{HERE}:finance/of:2026/document.txt"
    assert _allowed(_call(USER, "someservice:Get", here), policies)


# --- reference_policies_variables.html


@pytest.mark.parametrize(
    ("resource", "keys", "asked", "matched"),
    [
        ("mybucket/${aws:username}/*", {}, "mybucket/exampleuser/o", True),
        ("mybucket/${aws:username}/*", {}, "mybucket/David/o", False),
        (
            "bucket/${aws:PrincipalTag/department}",
            {"aws:principaltag/department": "hr"},
            "bucket/hr",
            True,
        ),
        # "will not match any resource"
        ("bucket/${aws:PrincipalTag/department}", {}, "bucket/", False),
        ("b-${aws:PrincipalTag/team, 'company-wide'}", {}, "b-company-wide", True),
        (
            "b-${aws:PrincipalTag/team, 'company-wide'}",
            {"aws:PrincipalTag/team": "yellow"},
            "b-yellow",
            True,
        ),
        (
            "b-${aws:PrincipalTag/team, 'company-wide'}",
            {"aws:PrincipalTag/team": "yellow"},
            "b-company-wide",
            False,
        ),
        # What stands for the characters themselves.
        ("b/${*}", {}, "b/*", True),
        ("b/${*}", {}, "b/x", False),
        ("b/${?}", {}, "b/?", True),
        ("b/${?}", {}, "b/x", False),
        ("b/${$}", {}, "b/$", True),
        # The value of a variable is no pattern.
        ("b/${aws:PrincipalTag/team}", {"aws:PrincipalTag/team": "*"}, "b/x", False),
    ],
)
def test_variables_of_a_resource_are_replaced(
    resource: str, keys: Mapping[str, str], asked: str, *, matched: bool
) -> None:
    own = _identity({"Resource": f"arn:aws:s3:::{resource}"})
    call = AccessRequest(
        principal=USER,
        action="s3:GetObject",
        resource=f"arn:aws:s3:::{asked}",
        keys={key: (value,) for key, value in keys.items()},
    )
    assert _allowed(call, Policies(identity=(own,))) is matched


def test_a_variable_without_a_value_takes_nothing_out_of_not_resource() -> None:
    own = _identity({"NotResource": ["arn:aws:s3:::b/${aws:PrincipalTag/team}", "arn:aws:s3:::c"]})
    policies = Policies(identity=(own,))
    assert _allowed(_call(USER, "s3:GetObject", "arn:aws:s3:::b/o"), policies)
    assert not _allowed(_call(USER, "s3:ListBucket", "arn:aws:s3:::c"), policies)


def test_the_older_language_has_no_variables() -> None:
    document = {"Effect": "Allow", "Action": "*", "Resource": "arn:aws:s3:::b/${aws:username}"}
    old = Policies(identity=(policy("Old", {"Statement": document}),))
    assert not _allowed(_call(USER, "s3:GetObject", "arn:aws:s3:::b/exampleuser"), old)
    assert _allowed(_call(USER, "s3:GetObject", "arn:aws:s3:::b/${aws:username}"), old)


def test_a_variable_without_a_value_is_like_nothing() -> None:
    bucket = _identity(
        {},
        {
            "Effect": "Deny",
            "Action": "s3:GetObject",
            "Resource": "arn:aws:s3:::/amzn-s3-demo-bucket/*",
            "Condition": {
                "StringNotEquals": {"s3:ExistingObjectTag/Team": "${aws:PrincipalTag/Team}"}
            },
        },
    )

    def allowed(**tags: str) -> bool:
        keys = {
            {"own": "aws:PrincipalTag/Team", "object": "s3:ExistingObjectTag/Team"}[name]: (value,)
            for name, value in tags.items()
        }
        call = AccessRequest(
            principal=USER,
            action="s3:GetObject",
            resource="arn:aws:s3:::/amzn-s3-demo-bucket/o",
            keys=keys,
        )
        return _allowed(call, Policies(identity=(bucket,)))

    assert allowed(own="a", object="a")
    assert not allowed(own="a", object="b")
    assert not allowed(object="a")


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
            Policies(identity=(_identity({"Effect": "Deny"}),)),
            "with an explicit deny in an identity-based policy",
        ),
        (
            Policies(boundary=_identity({"Effect": "Deny"})),
            "with an explicit deny in a permissions boundary",
        ),
        (
            Policies(session=(_identity({"Effect": "Deny"}),)),
            "with an explicit deny in a session policy",
        ),
        (
            Policies(resource=_resource({"Effect": "Deny", "Principal": "*"})),
            "with an explicit deny in a resource-based policy",
        ),
        (
            Policies(
                resource=_resource({"Effect": "Deny", "Principal": "*"}),
                resource_kind=PolicyKind.TRUST,
            ),
            "with an explicit deny in the role trust policy",
        ),
    ],
)
def test_a_denial_is_told_in_awss_words(policies: Policies, reason: str) -> None:
    call = _call(SESSION)
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
        return evaluate(call, Policies(identity=(_identity(*statements),)))

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
    own = Policies(identity=(_identity({"Condition": condition}),))
    assert not _allowed(absent, own)
