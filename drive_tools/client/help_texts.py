"""The help of the client: examples of each command, and notes for all of them."""

from drive_tools import exit_codes

_DRIVES = """
which drive: --url, or --stage (the outputs of the stack <stage>-Service in AWS), or DRIVE_URL.
credentials and region are those of the AWS CLI (--profile, --region); for the local cloud:
  AWS_ACCESS_KEY_ID=000000000000 AWS_SECRET_ACCESS_KEY=local AWS_REGION=us-east-1
a drive whose URL is public takes its token instead: DRIVE_TOKEN, or --token-file
"""
_EXAMPLES = {
    "": """
examples:
  %(prog)s put holiday.mov films/     as films/holiday.mov; again after an interruption
  %(prog)s get films/holiday.mov      and it resumes where it stopped
  %(prog)s ls films/
  %(prog)s mv films/holiday.mov films/2026/
  %(prog)s rm -r films
""",
    "put": """
examples:
  %(prog)s a.bin                  as a.bin
  %(prog)s a.bin docs/b.bin       as docs/b.bin
  %(prog)s a.bin b.bin docs/      as docs/a.bin and docs/b.bin
  %(prog)s -r photos archive/     as archive/photos/...
  pg_dump db | %(prog)s - dumps/today.sql
  %(prog)s --no-clobber a.bin     only if nothing is there
  %(prog)s --if-match '"1f-2a-3c"' a.bin    only over the version that was read
""",
    "get": """
examples:
  %(prog)s docs/a.bin             as a.bin
  %(prog)s docs/a.bin b.bin       as b.bin
  %(prog)s -r photos backup       what is in photos, to backup
  %(prog)s -r photos backup/      as backup/photos/...
  %(prog)s dumps/today.sql - | psql db
""",
    "sync": """
examples:
  %(prog)s photos archive/photos     what is in photos, to archive/photos
  %(prog)s --delete photos archive/photos   and remove what is there only
  %(prog)s --back photos archive/photos     from the drive to photos
  %(prog)s --delete --dry-run photos archive/photos
""",
    "ls": """
examples:
  %(prog)s                         the root
  %(prog)s docs/
  %(prog)s --json docs | jq -r .name
""",
    "rm": """
examples:
  %(prog)s docs/a.bin docs/b.bin
  %(prog)s -r docs
""",
    "mv": """
examples:
  %(prog)s a.bin b.bin
  %(prog)s a.bin docs/             as docs/a.bin
  %(prog)s --no-clobber a.bin b.bin
""",
}


def epilog(command: str) -> str:
    """Return the text below the help of a command; "" is the client itself."""
    note = "; of several files, that of the first failure"
    return f"{_EXAMPLES[command]}{_DRIVES}\n{exit_codes.listed(exit_codes.CLIENT, note)}\n"
