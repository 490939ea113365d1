"""A drive as a file system of fsspec, `drive://`, for pandas, pyarrow, torch, Dask and others.

It needs the extra `lambda-drive[fsspec]`. fsspec finds it by its entry point.
"""
