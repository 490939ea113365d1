"""HTTP with AWS Signature Version 4, as a function URL with AWS_IAM asks for it."""

import os
import re

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest, AWSResponse
from botocore.credentials import Credentials
from botocore.httpsession import URLLib3Session
from botocore.session import Session

_TIMEOUT_SECONDS = 60


class SignedClient:
    """Calls one function URL with the credentials given, or with those the AWS CLI would use.

    The region is the one given, or the URL's own, or the one the AWS CLI would use.
    """

    def __init__(
        self, url: str, credentials: Credentials | None = None, region: str | None = None
    ) -> None:
        self._url = url.rstrip("/")
        session = Session()
        found = credentials or session.get_credentials()
        if found is None:
            raise ValueError("no AWS credentials; set AWS_PROFILE, or AWS_ACCESS_KEY_ID and so on")
        host = re.match(r"https://[^/]+\.lambda-url\.([a-z0-9-]+)\.on\.aws", url)
        # botocore itself reads AWS_DEFAULT_REGION only.
        usual = os.environ.get("AWS_REGION") or session.get_config_variable("region")
        self.region: str = region or (host[1] if host else usual)
        if not self.region:
            raise ValueError(f"no region for {url}; set AWS_REGION")
        self._auth = SigV4Auth(found, "lambda", self.region)
        self._http = URLLib3Session(timeout=_TIMEOUT_SECONDS)

    def __call__(
        self,
        method: str,
        path: str,
        body: bytes = b"",
        headers: dict[str, str] | None = None,
    ) -> AWSResponse:
        """Send one request; `path` is percent-encoded. Raises botocore's HTTPClientError."""
        request = AWSRequest(method, f"{self._url}{path}", headers=headers, data=body)
        self._auth.add_auth(request)
        return self._http.send(request.prepare())

    def unsigned(self, method: str, path: str) -> AWSResponse:
        """Send one request as somebody without credentials would."""
        return self._http.send(AWSRequest(method, f"{self._url}{path}").prepare())
