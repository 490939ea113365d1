"""Settings that tests vary, whatever the project's own are: those belong to whoever deploys it."""

from stacks.settings import Settings

DEV = Settings(name="Dev", retain=False, log_level="DEBUG", log_retention_days=7)
PROD = Settings(
    name="Prod",
    retain=True,
    egress="nat-per-zone",
    log_retention_days=365,
    subscribers=("ops@example.com",),
    monthly_ceiling=550,
)
SETTINGS = {"Dev": DEV, "Prod": PROD}

# The connection of a pipeline that is not there.
CONNECTION = (
    "arn:aws:codeconnections:eu-central-1:111111111111:connection/"
    "01234567-89ab-cdef-0123-456789abcdef"
)
