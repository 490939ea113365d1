"""What several clients of one NFS server see, on real ones: `make test-nfs`.

`python -m tests.nfs` boots a user-mode Linux: a kernel that is an ordinary process, with one
NFSv4.1 server, clients that each have a network and caches of their own, and pytest as its first
program.
"""
