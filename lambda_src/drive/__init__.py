"""What the functions share: files on a mounted disk. Nothing of AWS, the root is an argument."""
