"""The help of the environment tool: examples of each command, and notes for all of them."""

from drive_tools import exit_codes

_ABOUT = """
FUNCTION is a name or an ARN, of any function in any account. Credentials and region are those of
the AWS CLI (--profile, --region). Values are masked unless --show; a digest of eight letters says
whether two values are the same, to the same user only.

"""
_EXAMPLES = {
    "": """
examples:
  %(prog)s set dev-files MAINTENANCE_MODE=1      maintenance mode on
  %(prog)s set dev-files MAINTENANCE_MODE=0      and off
  %(prog)s get dev-files
  %(prog)s undo dev-files
""",
    "get": """
examples:
  %(prog)s dev-files                         names, values masked
  %(prog)s dev-files LOG_LEVEL --show
  %(prog)s dev-files:live                    of the version that the alias serves
  %(prog)s dev-files --json --show | jq -r .variables.LOG_LEVEL
""",
    "set": """
examples:
  %(prog)s dev-files MAINTENANCE_MODE=1      maintenance mode on
  %(prog)s dev-files MAINTENANCE_MODE=0      and off
  %(prog)s dev-files A=1 B=2 --dry-run
  %(prog)s dev-files TOKEN=@token.txt        from a file, without its last line end
  pass show token | %(prog)s dev-files TOKEN=-
  %(prog)s dev-files TOKEN=-                 on a terminal: asks, and shows nothing
  %(prog)s dev-files HANDLE=@me --literal    @ and - are the value itself
""",
    "unset": """
examples:
  %(prog)s dev-files OLD_FLAG
  %(prog)s dev-files A B C --yes
""",
    "diff": """
examples:
  %(prog)s dev-files prod.env               what import of this file would change
  %(prog)s dev-files --template cdk.out     what the next deployment would change
  %(prog)s dev-files --template cdk.out --resource Dev/Service/Files/Function
""",
    "import": """
examples:
  %(prog)s dev-files prod.env             sets what the file has, leaves the rest
  %(prog)s dev-files prod.env --replace   removes what the file has not
  sops -d prod.env | %(prog)s dev-files -
""",
    "export": """
examples:
  %(prog)s dev-files saved.env            a file for you alone (0600)
  %(prog)s dev-files --show | sops -e /dev/stdin
  %(prog)s dev-files saved.json --json
""",
    "undo": """
examples:
  %(prog)s dev-files --list                 what can be undone
  %(prog)s dev-files                        the last change; again, the one before it
""",
}


def epilog(command: str) -> str:
    """Return the text below the help of a command; "" is the tool itself."""
    return _EXAMPLES[command] + _ABOUT + exit_codes.listed(exit_codes.ENVIRONMENT)
