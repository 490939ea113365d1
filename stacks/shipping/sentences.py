"""What each message of the pipeline says to do; docs/operations/shipping.md has the same sentences.

The tool that looks at permissions says one of them, so nothing is imported here.
"""

APPROVE = (
    "The stage before this one runs these very assets, and passed its test: try it, then approve"
    " or reject in the console of CodePipeline, under Review."
)
PERMISSIONS = (
    "A deployment needs a person's agreement: read what it means, here and on the page of its"
    " review, then approve or reject in the console of CodePipeline, under Review."
)
FAILED = (
    "A stage of the pipeline failed, or somebody rejected its approval, or nobody gave it within"
    " seven days: open the pipeline in the console, read why its red action failed, then push what"
    " mends it, or retry the stage."
)
UNDELIVERED = (
    "A subscriber did not take a message of the pipeline: read in the queue of its stack what and"
    " why, mend that subscriber, and purge the queue."
)
