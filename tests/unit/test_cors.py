"""What a page may send and read is what the service reads and sends: the lists do not drift."""

from stacks.function import cors
from tests.url import BROWSERS_OWN, Url

# A page needs them all the same: to sign, or because common tus clients send them
# (tus-js-client: `addRequestId`, `overridePatchMethod`).
SENT_ANYWAY = {
    *("authorization", "x-amz-content-sha256", "x-amz-date", "x-amz-security-token"),
    *("content-type", "x-request-id", "x-http-method-override"),
}
# Lambda adds them to what the service answers.
ADDED = {"content-length", "x-amzn-requestid"}
# A script reads these of every answer: https://fetch.spec.whatwg.org/#cors-safelisted-response-header-name
READ_ANYWAY = {"cache-control", "content-type"}
# What a browser itself obeys. (`X-Content-Type-Options` was told before.)
BROWSERS = {
    *("content-encoding", "content-security-policy", "cross-origin-opener-policy"),
    *("cross-origin-resource-policy", "referrer-policy", "service-worker-allowed", "vary"),
}


def test_a_page_may_send_what_the_service_reads(url: Url) -> None:
    module = url.module
    declared = {
        name.lower()
        for known in module.web.operations
        for name in map(module.openapi.parameter_name, known.parameters)
        if name in module.openapi.PARAMETERS["header"]
    }
    routes = module.upload_routes
    refused = {*routes.bodies.CODINGS, *routes.bodies.PARTIAL, *routes.NOT_OFFERED}
    assert sorted(cors.REQUEST_HEADERS) == sorted(declared | SENT_ANYWAY | refused - BROWSERS_OWN)


def test_a_page_may_read_what_the_service_answers(url: Url) -> None:
    web = url.module.web
    declared = {
        name.lower()
        for known in web.operations
        for answer in known.answers.values()
        for name in answer.headers
    }
    problems = {name.lower() for kind in web.PROBLEMS for name in web.problem_headers(kind)}
    told = (declared | problems | ADDED) - READ_ANYWAY - BROWSERS
    assert sorted(cors.ANSWER_HEADERS) == sorted(told)


def test_a_page_may_use_every_method_there_is(url: Url) -> None:
    """Browsers ask by OPTIONS themselves."""
    assert {known.method for known in url.module.web.operations} - {"OPTIONS"} == set(cors.METHODS)
