"""Credentials and region as the AWS CLI has them, where no option says otherwise."""

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # botocore takes longer to import than --help may take
    from botocore.session import Session

NO_CREDENTIALS = "no AWS credentials; set AWS_PROFILE, or AWS_ACCESS_KEY_ID and so on"


def usual_region(session: "Session") -> str | None:
    """Return the region of AWS_REGION or of the session; botocore reads AWS_DEFAULT_REGION only."""
    region: str | None = os.environ.get("AWS_REGION") or session.get_config_variable("region")
    return region
