"""The stages of this project, and the pipeline or the workflows that ship them: edit this file.

Every field is explained in README.md, Settings, and in docs/operations/shipping.md.
"""

from stacks.settings import Settings
from stacks.shipping.settings import GitHub, Pipeline

DEV = Settings(name="Dev", retain=False, trash_days=7, log_level="DEBUG")
PROD = Settings(
    name="Prod",
    retain=True,
    egress="nat-per-zone",
    trash_days=30,
    monthly_ceiling=550,
)

# All that is checked, kept as a reference and deployed; a pipeline ships them in this order.
STAGES = (DEV, PROD)

# PIPELINE = Pipeline(
#     connection_arn="arn:aws:…",
#     repository="you/drive",
#     stages=STAGES,
#     subscribers=("you@example.com",),
# )
PIPELINE: Pipeline | None = None

# GITHUB = GitHub(repository="you/drive", owner_id=1234, repository_id=5678, stages=STAGES)
GITHUB: GitHub | None = None
