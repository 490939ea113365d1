"""What each alarm says to whoever hears it; docs/operations/brake.md has the same sentences."""

FAST = (
    "The use of the drive cost in five minutes a quarter of what its brake allows for a day, so the"
    " brake stopped its URL: look in the log of the function who called, then run make resume."
)
SLOW = (
    "The use of the drive cost in 24 hours what its brake allows, so the brake stopped its URL:"
    " look in the log of the function who called, then raise daily_brake and deploy, or wait until"
    " the 24 hours hold less, and run make resume."
)
FAILED = (
    "The brake failed, so the URL may still be served: read the brake's log, and stop the function"
    " by hand with aws lambda put-function-concurrency --reserved-concurrent-executions 0."
)
