"""AWS's list prices of us-east-1 in dollars, each with its page; words on cost are held to them.

Without traffic between zones, free tiers, discounts and taxes. Nothing is imported here.
"""

# From copies of the pages that were made between 2024 and June 2026.
READ_ON = "2026-11-26"

# AWS counts a month as 730 hours in its own estimates (https://calculator.aws).
HOURS_A_MONTH = 730

# https://aws.amazon.com/vpc/pricing/
NAT_GATEWAY_HOUR = 0.045
NAT_GATEWAY_GB = 0.045
PUBLIC_IPV4_HOUR = 0.005

# https://aws.amazon.com/ec2/pricing/on-demand/ and https://aws.amazon.com/ebs/pricing/: the machine
# that `nat-instance` stands for, and its disk, as large as the image of Amazon Linux asks.
INSTANCE_HOUR = {"t4g.nano": 0.0042}
NAT_DISK_GB = 8
EBS_GP3_GB_MONTH = 0.08

# https://aws.amazon.com/privatelink/pricing/ (in each zone)
INTERFACE_ENDPOINT_HOUR = 0.01

# https://aws.amazon.com/kms/pricing/
KEY_MONTH = 1.00

# https://aws.amazon.com/efs/pricing/ (a regional file system; storage and throughput by the GB)
EFS_STANDARD_GB_MONTH = 0.30
EFS_INFREQUENT_GB_MONTH = 0.025
EFS_ELASTIC_READ_GB = 0.03
EFS_ELASTIC_WRITE_GB = 0.06
EFS_PROVISIONED_MIBPS_MONTH = 6.00

# What one call that reads metadata, such as the size of a file, counts as at least
# (https://docs.aws.amazon.com/efs/latest/ug/metered-sizes.html#metered-sizes-IOPS).
EFS_METADATA_BYTES = 4096
# The same page, of one call that reads or writes data.
EFS_DATA_BYTES = 32768

# The least that a call takes, so that one process makes no more of them than that
# (https://docs.aws.amazon.com/efs/latest/ug/performance.html: "as low as 250 microseconds").
EFS_CALL_SECONDS = 0.00025

# https://aws.amazon.com/backup/pricing/ (of EFS, warm; by the day)
BACKUP_GB_MONTH = 0.05
RESTORE_GB = 0.02

# https://aws.amazon.com/ec2/pricing/on-demand/#Data_Transfer (to most other regions; so are copies
# of backups)
TO_ANOTHER_REGION_GB = 0.02

# The same page (the first 10 TB a month; 100 GB a month of an account are free)
TO_THE_INTERNET_GB = 0.09

# https://aws.amazon.com/cloudwatch/pricing/ (a metric by the hour in which it was sent)
METRIC_MONTH = 0.30
LOGS_GB = 0.50
LOGS_GB_MONTH = 0.03
ALARM_METRIC_MONTH = 0.10  # of each metric of an alarm
DASHBOARD_MONTH = 3.00

# https://aws.amazon.com/xray/pricing/ (recorded)
TRACES_MILLION = 5.00

# https://aws.amazon.com/secrets-manager/pricing/
SECRET_MONTH = 0.40

# https://aws.amazon.com/api-gateway/pricing/ (HTTP APIs)
HTTP_API_MILLION = 1.00

# https://aws.amazon.com/lambda/pricing/ (arm64, x86_64; /tmp beyond 512 MB)
LAMBDA_GB_SECOND = 0.0000133334
LAMBDA_X86_GB_SECOND = 0.0000166667
LAMBDA_DISK_GB_SECOND = 0.0000000309
LAMBDA_MILLION = 0.20

# What is listed here costs as much in these regions as in us-east-1; elsewhere at most this many
# times as much: the largest ratio found in a region of that part of the world (of a NAT gateway's
# hour: $0.052 in Frankfurt, $0.062 in Tokyo, $0.093 in São Paulo).
_AS_IN_US_EAST_1 = frozenset({"us-east-1", "us-east-2", "us-west-2"})
_REGION_FACTORS = {"us": 1.3, "ca": 1.3, "eu": 1.3, "ap": 1.6}
_OTHER_REGIONS = 2.1


def region_factor(region: str | None) -> float:
    """Return by how much to multiply a price for `region`, at most; 1 if it is not known."""
    if region is None or region in _AS_IN_US_EAST_1:
        return 1.0
    return _REGION_FACTORS.get(region.partition("-")[0], _OTHER_REGIONS)


def nat_gateway_month() -> float:
    """Return what a NAT gateway with its public address costs a month, without traffic."""
    return (NAT_GATEWAY_HOUR + PUBLIC_IPV4_HOUR) * HOURS_A_MONTH


def look_over_a_million_files() -> float:
    """Return what EFS bills on elastic throughput for one look at each of a million files.

    That is at most: a client that gets what it asks of a file together with the file's name, as NFS
    has it, calls less.
    """
    return 1_000_000 * EFS_METADATA_BYTES / 10**9 * EFS_ELASTIC_READ_GB
