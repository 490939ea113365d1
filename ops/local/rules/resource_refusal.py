"""A service that refuses to make or to delete a resource, as CloudFormation shows it."""

from collections.abc import Iterable
from http import HTTPStatus

from ops.local.rules.roles import ServiceRefusal


class ResourceRefusal(ServiceRefusal):
    """What a service answers, and what is in the way."""

    def __init__(
        self,
        service: str,
        name: str,
        message: str,
        holders: Iterable[str] = (),
        *,
        status: HTTPStatus = HTTPStatus.BAD_REQUEST,
    ) -> None:
        super().__init__(name, message)
        self.service = service
        self.holders = tuple(holders)
        self.status = status

    def in_a_stack(self) -> str:
        """The reason in the event of a stack. AWS's does not say what is in the way."""
        held = f"; in the way: {', '.join(self.holders)}" if self.holders else ""
        by = f"Service: {self.service}; Status Code: {self.status}; Error Code: {self.name}"
        return f"{self.message} ({by}){held}"
