"""What each alarm says to whoever hears it.

docs/operations/brake.md and docs/operations/alarms.md have the same sentences.
"""

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
    "The brake failed or had no instance, so the URL may still be served: stop the function behind"
    " it by hand with aws lambda put-function-concurrency --reserved-concurrent-executions 0"
    " --function-name and its name, the output FilesFunctionName of Service, and read the brake's"
    " log."
)

# By the names of the alarms.
SAYS = {
    "FilesErrors": (
        "The function behind the URL crashed, ran out of memory or out of time: look in its log for"
        " the error, and deploy again what ran before, or raise memory_mb or timeout_seconds."
    ),
    "FilesThrottled": (
        "For five minutes one of twenty requests or more was refused with 429, for all instances"
        " were at work: raise reserved_concurrency and deploy, or have the clients send less at"
        " once."
    ),
    "FilesSlow": (
        "A request took nearly as long as it may, so longer ones are cut off: look in the log of"
        " the function which one it was, then raise timeout_seconds or memory_mb, or have the"
        " client send smaller pieces."
    ),
    "FilesDropped": (
        "Lambda gave up an asynchronous call of the function behind the URL after all its tries:"
        " look in the log of the function for the error, mend it, and call again."
    ),
    "FilesServerErrors": (
        "In a quarter of an hour a tenth of the URL's answers or more were errors of the server:"
        " ask for /health, look in the log of the function for the problem, and mend that, or end"
        " the maintenance."
    ),
    "FilesClientErrors": (
        "In a quarter of an hour half of a hundred requests to the URL or more were refused as the"
        " caller's own error: look in the log of the function who calls and what they get, and mend"
        " that client or take away what lets it in."
    ),
    "DomainServerErrors": (
        "In a quarter of an hour a tenth of the domain's answers or more were errors of the server:"
        " ask for /health, look in the logs of the function and of the domain's API for the"
        " problem, and mend that, or end the maintenance."
    ),
    "DomainClientErrors": (
        "In a quarter of an hour half of a hundred requests to the domain or more were refused as"
        " the caller's own error: look in the log of the domain's API who calls, and mend that"
        " client or take away what lets it in."
    ),
    "JanitorDropped": (
        "The janitor failed in all tries of a run: look in its log for the error and mend it; the"
        " next run, or one by hand, makes it good."
    ),
    "UsageDropped": (
        "The usage function failed in all tries of a run, so nobody knows how full the drive is:"
        " look in its log for the error and mend it; the next run makes it good."
    ),
    "DeadLettersLost": (
        "Lambda could not tell the topic of a call that failed: look in the logs of the function"
        " behind the URL, of janitor, usage, brake and key watch which one it was, and give its"
        " role back what its template says."
    ),
    "KeyUnusable": (
        "A KMS key of the stage is disabled, scheduled for deletion or gone, or nobody could ask"
        " for its state: look in the log of the key watch which key it is, and in the waiting"
        " period of 7 to 30 days run aws kms cancel-key-deletion --key-id and its ARN, then aws kms"
        " enable-key --key-id and its ARN."
    ),
    "JanitorUnfinished": (
        "For seven days the janitor came to no end, so old uploads and versions stay and cost: look"
        " whether its schedule is on and what its log says of the last run."
    ),
    "UsageUnfinished": (
        "For three days nobody could measure the drive: look whether the schedule of the usage"
        " function is on, whether /health answers, and what the function's log says."
    ),
    "Undelivered": (
        "A subscriber did not take a message, or EventBridge could not call janitor, usage, key"
        " watch or brake: read in the queue of the stage what and why, mend that subscriber or"
        " function, and purge the queue."
    ),
    "DriveNearlyFull": (
        "The drive holds nine tenths of max_drive_bytes or more: delete files, empty the trash, or"
        " raise max_drive_bytes, before writes are answered 507."
    ),
    "StorageGrown": (
        "The files cost half of monthly_ceiling or more than max_drive_bytes explains, or EFS no"
        " longer says what they are: look at DriveBytes and TrashBytes for what grew, and delete"
        " that, or raise monthly_ceiling."
    ),
    "IoLimitNear": (
        "For a quarter of an hour the file system was near the most operations a second that its"
        " mode allows, so calls wait: look in the log of the function who makes so many small"
        " requests, and lower reserved_concurrency until that ends."
    ),
    "ThroughputNear": (
        "For a quarter of an hour the drive moved four fifths or more of the bytes a second that"
        " EFS permits it, so calls wait: lower reserved_concurrency, or set throughput to elastic"
        " or to a larger number and deploy."
    ),
    "ConnectionsMany": (
        "For a quarter of an hour more clients held the file system than the drive's functions can"
        " be: look in the flow logs which address speaks to port 2049, and stop what should not."
    ),
    "BurstCreditsLow": (
        "Credits for less than half an hour of full speed are left, after which the drive is slow:"
        " have its clients send less, or set throughput to elastic or a number and deploy."
    ),
    "BackupFailed": (
        "A backup of the files failed, was broken off or could not begin: look in AWS Backup's jobs"
        " for the reason, mend it, and start one on demand."
    ),
    "CopyFailed": (
        "A backup was not copied to the vault of backup_copy_to: look in AWS Backup's copy jobs for"
        " the reason, see whether that vault, its policy and its key are still there, and copy the"
        " backup by hand, or wait for the next."
    ),
    "BackupMissing": (
        "For three days no backup of the files was completed: look in AWS Backup whether the plan"
        " still has the file system and what its jobs say, and start one on demand."
    ),
    "NatPortsExhausted": (
        "A NAT gateway had no port left for a connection, so a function's call failed: look in the"
        " flow logs which address the function calls so often, and mend that."
    ),
    "NatPacketsDropped": (
        "For a quarter of an hour a NAT gateway dropped packets: look at AWS Health for trouble in"
        " the zone, and set egress to nat-per-zone if it lasts."
    ),
    "NatSilent": (
        "For a quarter of an hour files were written, and nothing left by NAT, so the function"
        " cannot read its limits: look whether gateway, route and address are still there, and"
        " deploy again."
    ),
    "NatInstanceFailed": (
        "The machine that translates addresses failed its status check or stopped, so the function"
        " cannot read its limits: start it again, or replace it by setting egress to nat."
    ),
}
