"""What pages of other origins may ask of the file service, whichever door they come by."""

METHODS = ("GET", "HEAD", "PUT", "POST", "PATCH", "DELETE")
# What a page may send beside what browsers always let through: SigV4's headers, conditions,
# ranges, digests (RFC 9530), moves, and tus.
REQUEST_HEADERS = (
    *("authorization", "content-type", "x-amz-content-sha256", "x-amz-date"),
    *("x-amz-security-token", "if-match", "if-modified-since", "if-none-match", "if-range"),
    *("if-unmodified-since", "range", "content-digest", "want-content-digest", "destination"),
    *("overwrite", "tus-resumable", "upload-checksum", "upload-length", "upload-metadata"),
    *("upload-offset",),
)
# What its script may read of an answer.
ANSWER_HEADERS = (
    *("accept-ranges", "allow", "content-digest", "content-length", "content-range", "etag"),
    *("last-modified", "location", "retry-after", "tus-checksum-algorithm", "tus-extension"),
    *("tus-max-size", "tus-resumable", "tus-version", "upload-expires", "upload-length"),
    *("upload-metadata", "upload-offset", "x-amzn-requestid", "x-file-size"),
)
MAX_AGE_SECONDS = 3600
