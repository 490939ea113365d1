"""`python -m tests.browser`: say in which browser pages are tested.

`--omit` prints the option of npm for what this machine does not need. `PAGE PICTURE` takes a
picture of the first screen of a page.
"""

import sys
from pathlib import Path

from tests.browser import MISSING, browser, of_this_machine
from tests.browser.look import take

match sys.argv[1:]:
    case []:
        found = browser()
        print(f"pages are tested in {found}" if found else MISSING)
    case ["--omit"]:
        print("--omit=optional" if of_this_machine() else "")
    case [page, picture]:
        take(Path(page), Path(picture))
    case _:
        sys.exit(__doc__)
