"""The checks beside AWS's numbers."""

import json

import pytest

from drive_tools.environment import lambda_limits
from stacks.shared import aws_limits


@pytest.mark.parametrize(
    "path", ["/mnt/lambda", "/mnt/a", "/mnt/My-drive_1.0", "/mnt/" + "x" * (160 - len("/mnt/"))]
)
def test_lambda_takes_these_mount_paths(path: str) -> None:
    aws_limits.check_mount_path(path)


@pytest.mark.parametrize(
    "path",
    [
        *("", "lambda", "/lambda", "/mnt", "/mnt/", "/mnt/a/b", "/mnt/a b", "/mnt/ü", "/tmp/x"),
        *("/mnt/..", "/mnt/a\n", "/mnt/" + "x" * (161 - len("/mnt/"))),
    ],
)
def test_a_mount_path_that_lambda_refuses_is_named(path: str) -> None:
    with pytest.raises(ValueError, match=r"^mount_path must be /mnt/<name>") as caught:
        aws_limits.check_mount_path(path)
    assert repr(path) in str(caught.value)


@pytest.mark.parametrize("name", ["A1", "LOG_LEVEL", "x_"])
def test_lambda_takes_these_variable_names(name: str) -> None:
    lambda_limits.check_environment({name: ""})


@pytest.mark.parametrize("name", ["", "A", "1A", "_A", "A-B", "A B", "Ä1", "A="])
def test_a_variable_name_that_lambda_refuses_is_named(name: str) -> None:
    with pytest.raises(ValueError, match=r"^environment variable names are") as caught:
        lambda_limits.check_environment({name: "value"})
    assert repr(name) in str(caught.value)


@pytest.mark.parametrize("name", ["AWS_REGION", "_HANDLER", "LAMBDA_TASK_ROOT"])
def test_a_reserved_variable_is_refused_and_its_value_not_shown(name: str) -> None:
    with pytest.raises(ValueError, match="is reserved by Lambda") as caught:
        lambda_limits.check_environment({name: "hush"})
    assert name in str(caught.value)
    assert "hush" not in str(caught.value)


def test_4096_bytes_of_environment_fit_and_one_more_does_not() -> None:
    lambda_limits.check_environment({"AB": "ü" * 2039, "C1": "x"})
    with pytest.raises(ValueError, match=r"at most 4096 bytes.*got 4097 \(the largest is AB\)"):
        lambda_limits.check_environment({"AB": "ü" * 2039, "C12": "x"})


@pytest.mark.parametrize("count", [1, 30, 200])
def test_environment_is_measured_as_lambda_does_with_every_quote_and_comma(count: int) -> None:
    many = {f"N{n:03}": "" for n in range(count)}
    room = 4096 - len(json.dumps(many, separators=(",", ":")))
    lambda_limits.check_environment({**many, "N000": "x" * room})
    with pytest.raises(ValueError, match="got 4097"):
        lambda_limits.check_environment({**many, "N000": "x" * (room + 1)})


def test_aws_own_example_of_an_environment_has_the_size_of_its_text() -> None:
    # https://docs.aws.amazon.com/lambda/latest/dg/troubleshooting-deployment.html
    example = {"BUCKET": "amzn-s3-demo-bucket", "KEY": "file.txt"}
    text = '{"BUCKET":"amzn-s3-demo-bucket","KEY":"file.txt"}'
    assert lambda_limits.environment_bytes(example) == len(text)


def test_five_layers_fit_and_six_do_not() -> None:
    aws_limits.check_layer_count(5)
    with pytest.raises(ValueError, match="at most 5 layers, got 6"):
        aws_limits.check_layer_count(6)


def test_250_mib_unzipped_fit_and_one_byte_more_does_not() -> None:
    aws_limits.check_unzipped_bytes("the layer", 250 * 1024 * 1024)
    with pytest.raises(ValueError, match=r"the layer must be at most 250 MiB unzipped, got 250\.0"):
        aws_limits.check_unzipped_bytes("the layer", 250 * 1024 * 1024 + 1)
