"""Function URLs and generated secrets that stay the same in the next process of the local cloud.

MiniStack generates both at random, and keeps them in memory. Here both follow from a key in a file
beside the drive's files, so a client's `DRIVE_URL`, token and unfinished uploads stay valid. It is
part of the local cloud's process (`emulator.py`); `tests/local/test_persistent_values.py` tests it.
"""

import hashlib
import json
import os
import secrets
import string
from pathlib import Path
from typing import Any

from ministack.core.responses import get_account_id, get_region
from ministack.services import lambda_svc
from ministack.services.cloudformation import provisioners

Properties = dict[str, Any]  # a template's JSON
Created = tuple[str, dict[str, str]]  # physical id, attributes
Handler = dict[str, Any]  # MiniStack's own table: "create", "update", "delete" and flags

_KEY_BYTES = 32
# AWS's URL ids are 32 lowercase letters and digits.
_URL_LETTERS, _URL_LENGTH = string.ascii_lowercase + string.digits, 32
# AWS uses these where the template does not say (AWS::SecretsManager::Secret GenerateSecretString).
_SECRET_LETTERS = string.ascii_letters + string.digits + string.punctuation
_SECRET_LENGTH = 32


def keep(key_file: Path) -> None:
    """Derive ids of function URLs, and generated secrets, from the key in the file."""
    key = _key(key_file)
    table = provisioners._RESOURCE_HANDLERS
    table["AWS::Lambda::Url"] = _same_url(table["AWS::Lambda::Url"], key)
    table["AWS::SecretsManager::Secret"] = _same_secret(table["AWS::SecretsManager::Secret"], key)


def _key(file: Path) -> bytes:
    """Return the key, made at the first start. Only its owner may read it: it yields tokens."""
    if not file.exists():
        written = file.with_suffix(".new")
        descriptor = os.open(written, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with open(descriptor, "wb") as output:
            output.write(secrets.token_bytes(_KEY_BYTES))
        written.replace(file)
    return file.read_bytes()


def _drawn(key: bytes, *, of: tuple[str, ...], letters: str, length: int) -> str:
    """Return letters that follow from the key and the names, and do not reveal the key."""
    names = json.dumps([get_account_id(), get_region(), *of]).encode()
    # Two bytes a letter, so that no letter is much more frequent than another.
    number = int.from_bytes(hashlib.shake_256(key + names).digest(2 * length), "big")
    drawn = ""
    for _ in range(length):
        number, index = divmod(number, len(letters))
        drawn += letters[index]
    return drawn


def _same_url(url: Handler, key: bytes) -> Handler:
    """Return a handler whose function URLs follow from their stack and their logical id."""

    def give(created: Created, logical_id: str, stack_name: str) -> Created:
        name, attributes = created
        url_id = _drawn(
            key, of=("url", stack_name, logical_id), letters=_URL_LETTERS, length=_URL_LENGTH
        )
        address = f"https://{url_id}.lambda-url.{get_region()}.on.aws/"
        lambda_svc._function_urls[name]["FunctionUrl"] = address
        return name, {**attributes, "FunctionUrl": address}

    def create(logical_id: str, properties: Properties, stack_name: str) -> Created:
        return give(url["create"](logical_id, properties, stack_name), logical_id, stack_name)

    def update(
        physical_id: str, old: Properties, new: Properties, stack_name: str, logical_id: str
    ) -> Created:
        updated = url["update"](physical_id, old, new, stack_name)
        return give(updated, logical_id, stack_name)

    return {**url, "create": create, "update": update, "update_with_logical_id": True}


def _same_secret(secret: Handler, key: bytes) -> Handler:
    """Return a handler whose generated secrets follow from stack, logical id and rules."""

    def generated(properties: Properties, logical_id: str, stack_name: str) -> Properties:
        rules = properties.get("GenerateSecretString")
        if rules is None or properties.get("SecretString"):
            return properties
        excluded = rules.get("ExcludeCharacters", "")
        if str(rules.get("ExcludePunctuation")).lower() == "true":
            excluded += string.punctuation
        value = _drawn(
            key,
            of=("secret", stack_name, logical_id, json.dumps(rules, sort_keys=True)),
            letters="".join(letter for letter in _SECRET_LETTERS if letter not in excluded),
            length=int(rules.get("PasswordLength", _SECRET_LENGTH)),
        )
        if "SecretStringTemplate" in rules:
            beside = json.loads(rules["SecretStringTemplate"])
            value = json.dumps(beside | {rules["GenerateStringKey"]: value})
        return {**properties, "GenerateSecretString": None, "SecretString": value}

    def create(logical_id: str, properties: Properties, stack_name: str) -> Created:
        made: Created = secret["create"](
            logical_id, generated(properties, logical_id, stack_name), stack_name
        )
        return made

    def update(
        physical_id: str, old: Properties, new: Properties, stack_name: str, logical_id: str
    ) -> Created:
        made: Created = secret["update"](
            physical_id,
            generated(old, logical_id, stack_name),
            generated(new, logical_id, stack_name),
            stack_name,
            logical_id,
        )
        return made

    return {**secret, "create": create, "update": update, "update_with_logical_id": True}
