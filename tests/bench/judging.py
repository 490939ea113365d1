"""What judging costs a request of the local cloud: the first of an instance, and a warm one.

`python -m tests.bench.judging FOLDER` deploys Dev to a local cloud in FOLDER, and prints. Both
sides are one request: with judging as it was, and without what judging took of a processor in it.
Two processes would differ by more than that.
"""

import statistics
import sys
import time
from pathlib import Path

from ops.local.cloud import Cloud
from tests.bench import JUDGING_FILE
from tests.local.conftest import TARGET, LocalCloud

COLD, WARM = 10, 100


def main(folder: Path) -> None:
    """Measure, and print medians."""
    process = Cloud(folder, "tests.bench.timed_emulator")
    process.start(port=0, account=TARGET.account)
    try:
        cloud = LocalCloud(folder)
        cloud.bootstrap()
        cloud.deploy()
        _measure(cloud, "first after a cold start", COLD, cold=True)
        _measure(cloud, "warm", WARM, cold=False)
    finally:
        process.stop()


def _measure(cloud: LocalCloud, what: str, times: int, *, cold: bool) -> None:
    drive, functions, file = cloud.drive, cloud.client("lambda"), cloud.folder / JUDGING_FILE
    name = cloud.outputs["Dev-Service"]["FilesFunctionName"]
    taken, judged = [], []
    for number in range(times + 1):  # the first is for warmth
        if cold:
            functions.update_function_configuration(FunctionName=name, Description=str(number))
        file.write_text("")
        begun = time.perf_counter()
        answer = drive("GET", "/health")
        end = time.perf_counter()
        assert answer.status_code == 200
        if number:
            taken.append((end - begun) * 1000)
            judged.append(sum(map(float, file.read_text().split())) * 1000)
    ratios = [of / (of - own) for of, own in zip(taken, judged, strict=True)]
    print(
        f"local cloud, {what:24} {statistics.median(taken):7.1f} ms, of it judging"
        f" {statistics.median(judged):5.2f} ms ({min(judged):.2f} to {max(judged):.2f}),"
        f" ratio {statistics.median(ratios):.3f}"
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
