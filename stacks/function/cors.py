"""The methods and headers that pages of other origins may use, by the function URL or a domain.

The lists are those of what the routes declare and read; tests/unit/test_cors.py compares.
"""

METHODS = ("GET", "HEAD", "PUT", "POST", "PATCH", "DELETE")
# What a page may send beside what browsers always let through: SigV4's headers, conditions,
# ranges, digests (RFC 9530), moves, tus, and what tus clients add. Headers that are refused are
# among them: a page is told why.
REQUEST_HEADERS = (
    *("authorization", "content-type", "x-amz-content-sha256", "x-amz-date"),
    *("x-amz-security-token", "if-match", "if-modified-since", "if-none-match", "if-range"),
    *("if-unmodified-since", "range", "content-digest", "want-content-digest", "destination"),
    *("overwrite", "tus-resumable", "upload-checksum", "upload-length", "upload-metadata"),
    *("upload-offset", "x-http-method-override", "x-request-id"),
    *("content-encoding", "content-range", "content-transfer-encoding", "upload-complete"),
    *("upload-concat", "upload-defer-length", "upload-incomplete"),
)
# What its script may read of an answer.
ANSWER_HEADERS = (
    *("accept-encoding", "accept-ranges", "allow", "content-digest", "content-length"),
    *("content-range", "etag", "last-modified", "location", "retry-after"),
    *("tus-checksum-algorithm", "tus-extension", "tus-max-size", "tus-resumable", "tus-version"),
    *("upload-expires", "upload-length", "upload-metadata", "upload-offset", "www-authenticate"),
    *("x-amzn-requestid", "x-content-type-options", "x-file-size"),
)
MAX_AGE_SECONDS = 3600
