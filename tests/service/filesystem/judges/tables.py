"""pandas and pyarrow write tables to the drive of DRIVE_URL, and read them back."""

from typing import Any

import fsspec
import numpy
import pandas
import pyarrow
import pyarrow.dataset
import pyarrow.fs
import pyarrow.parquet

from drive_tools.filesystem.file_system import DriveFileSystem

ROWS = 100_000
COLUMNS = 8


def by_pandas(frame: pandas.DataFrame) -> None:
    """Write and read parquet, CSV and JSON lines by URL."""
    frame.to_parquet("drive://tables/frame.parquet")
    pandas.testing.assert_frame_equal(pandas.read_parquet("drive://tables/frame.parquet"), frame)
    head = frame.head(5_000)
    for name in ("frame.csv", "frame.csv.gz"):
        head.to_csv(f"drive://tables/{name}", index=False)
        pandas.testing.assert_frame_equal(pandas.read_csv(f"drive://tables/{name}"), head)
    head.to_json("drive://tables/frame.json", orient="records", lines=True)
    read = pandas.read_json("drive://tables/frame.json", orient="records", lines=True)
    assert read["number0"].tolist() == head["number0"].tolist()


def by_a_dataset(frame: pandas.DataFrame, drive: DriveFileSystem) -> None:
    """Write a partitioned dataset, and read those of its rows that a filter takes."""
    table = pyarrow.Table.from_pandas(frame)
    place = pyarrow.fs.PyFileSystem(pyarrow.fs.FSSpecHandler(drive))
    pyarrow.dataset.write_dataset(
        table,
        "dataset",
        filesystem=place,
        format="parquet",
        partitioning=pyarrow.dataset.partitioning(
            pyarrow.schema([("place", pyarrow.string())]), flavor="hive"
        ),
    )
    assert sorted(drive.ls("dataset", detail=False)) == [f"dataset/place=p{n}" for n in range(4)]
    field: Any = pyarrow.dataset.field
    dataset = pyarrow.dataset.dataset("dataset", filesystem=place, partitioning="hive")
    found = dataset.to_table(columns=["number1"], filter=field("place") == "p2")
    expected = frame[frame["place"] == "p2"]["number1"]
    assert sorted(found["number1"].to_pylist()) == sorted(expected.tolist())
    assert dataset.count_rows() == len(frame)


def of_one_column(drive: DriveFileSystem) -> None:
    """Read one column of eight, and see how much of the file that reads."""
    read: list[int] = []
    range_of = drive.read_range

    def counting(path: str, start: int, end: int, etag: str) -> bytes:
        read.append(end - start)
        return range_of(path, start, end, etag)

    drive.read_range = counting  # type: ignore[method-assign]  # to see what passes
    column = pyarrow.parquet.read_table(
        "tables/frame.parquet", columns=["number3"], filesystem=drive
    )
    assert column.num_rows == ROWS
    size = drive.size("tables/frame.parquet")
    print("one column of", COLUMNS, "reads", sum(read), "of", size, "bytes in", len(read))
    assert sum(read) < size / COLUMNS + 3 * 65_536


def main() -> None:
    """Do all of it."""
    random = numpy.random.default_rng(17)
    frame = pandas.DataFrame(
        {f"number{each}": random.integers(0, 10**12, ROWS) for each in range(COLUMNS)}
        | {"place": [f"p{each % 4}" for each in range(ROWS)]}
    )
    drive = fsspec.filesystem("drive")
    assert isinstance(drive, DriveFileSystem)
    by_pandas(frame)
    of_one_column(fsspec.filesystem("drive", skip_instance_cache=True))
    by_a_dataset(frame.head(20_000), drive)
    print("done")


if __name__ == "__main__":
    main()
