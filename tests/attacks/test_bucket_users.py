"""One service's keys of the bucket, stolen, reach what that service needs and nothing else (deploy/s3)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
import requests
from botocore.exceptions import ClientError

from services.chassis.testing.aws import aws

POLICIES = Path(__file__).resolve().parents[2] / "deploy/s3"
SERVICES = ("registration", "verification", "accounts", "notifications", "feedback")
BUCKET, KEYS, DOCUMENT = "vss-documents", "vss-document-keys", f"dossiers/{'1' * 32}-{'2' * 32}"
GET, PUT, DELETE = "get_object", "put_object", "delete_object"
#: what each service does with documents
DOES = {
    "registration": {GET, PUT, DELETE},
    "verification": {GET, PUT, DELETE},
    "feedback": {GET, PUT, DELETE},
    "notifications": {GET},
    "accounts": set(),
}


@pytest.fixture(scope="module")
def clients() -> Iterator[dict[str, Any]]:
    """Each service's client, with keys of its own user, at a stand-in that enforces policies."""
    with aws() as url:
        admin = {"endpoint_url": url, "region_name": "us-east-1", "aws_access_key_id": "a", "aws_secret_access_key": "a"}
        for bucket in (BUCKET, KEYS):
            boto3.client("s3", **admin).create_bucket(Bucket=bucket)
        iam, made = boto3.client("iam", **admin), {}
        for service in SERVICES:
            iam.create_user(UserName=service)
            iam.put_user_policy(
                UserName=service, PolicyName="bucket", PolicyDocument=(POLICIES / f"{service}.json").read_text()
            )
            key = iam.create_access_key(UserName=service)["AccessKey"]
            keys = {"aws_access_key_id": key["AccessKeyId"], "aws_secret_access_key": key["SecretAccessKey"]}
            made[service] = boto3.client("s3", **{**admin, **keys})
        requests.post(f"{url}/moto-api/reset-auth", data="0", timeout=10).raise_for_status()
        yield made


def allowed(client: Any, action: str, key: str, bucket: str = BUCKET) -> bool:
    """Whether the action is let through, whatever is there."""
    more = {"Body": b"x"} if action == PUT else {}
    code = ""
    try:
        getattr(client, action)(Bucket=bucket, Key=key, **more)
    except ClientError as error:
        code = error.response["Error"]["Code"]
    assert code in ("", "NoSuchKey", "404", "AccessDenied")
    return code != "AccessDenied"


@pytest.mark.parametrize("bucket", [BUCKET, KEYS])
@pytest.mark.parametrize("service", SERVICES)
def test_stolen_keys_do_with_documents_what_the_service_does_and_no_more(
    clients: dict[str, Any], service: str, bucket: str
) -> None:
    reached = {action for action in (PUT, GET, DELETE) if allowed(clients[service], action, DOCUMENT, bucket)}
    assert reached == DOES[service], "a document, and the key without which nobody reads it"


@pytest.mark.parametrize("service", SERVICES)
def test_nobody_changes_anothers_ledger(clients: dict[str, Any], service: str) -> None:
    for owner in SERVICES:
        key = f"dossiers/ledger/{owner}/2026-11-28/093015.482113 erased 261121-000001-6"
        reached = {action for action in (PUT, GET, DELETE) if allowed(clients[service], action, key)}
        assert reached == ({PUT, GET, DELETE} if owner == service else set()), owner


@pytest.mark.parametrize("service", SERVICES)
def test_nothing_outside_the_documents_folder_can_be_reached(clients: dict[str, Any], service: str) -> None:
    client = clients[service]
    assert not any(allowed(client, action, "backups/registration.sql") for action in (PUT, GET, DELETE))
    for call in (
        client.list_buckets,
        lambda: client.delete_bucket(Bucket=BUCKET),
        lambda: client.create_bucket(Bucket="mine"),
    ):
        with pytest.raises(ClientError, match="AccessDenied"):
            call()
    client.list_objects_v2(Bucket=BUCKET, Prefix=f"dossiers/ledger/{service}/")
    assert allowed(client, PUT, "dossiers/checks/written"), "it proves at its start that it may write"


def test_policies_and_the_example_name_the_same_bucket_and_users() -> None:
    import yaml

    text = (POLICIES.parent / "kubernetes/base/config.yaml").read_text(encoding="utf-8")
    urls = [
        each["data"]["DOCUMENTS_URL"] for each in yaml.safe_load_all(text) if "DOCUMENTS_URL" in (each or {}).get("data", {})
    ]
    assert urls == [f"s3://{BUCKET}/dossiers"]
    assert f"DOCUMENT_KEYS_URL: s3://{KEYS}/dossiers" in text
    assert {file.stem for file in POLICIES.glob("*.json")} == set(SERVICES)
    for service in SERVICES:
        pod = (POLICIES.parent / f"kubernetes/base/{service}.yaml").read_text(encoding="utf-8")
        assert f"secretKeyRef: {{ name: documents-{service}, key: access_key_id" in pod
        for statement in json.loads((POLICIES / f"{service}.json").read_text())["Statement"]:
            assert all(re.match(rf"arn:aws:s3:::({BUCKET}|{KEYS})(/|$)", resource) for resource in statement["Resource"])
