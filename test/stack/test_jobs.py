"""Jobs with the state machine, the bucket and the binaries that are deployed."""

import json
import os
import subprocess
import sys
import time
import uuid

import boto3
import botocore.exceptions
import pytest

from calls import Api
from emulator import REGION
from frontends import roles
from stack import deployed
from transformed import ROOT
from worker import Worker

NDJSON = {"Content-Type": "application/x-ndjson"}
# What no execution, object, key, log line or metric may hold.
CANARY = "canary"
# bcrypt of "secret", as in Auth0's documentation of imports.
HASH = "$2b$10$C9hB01.YxRSTcn/ZOOo4j.TW7xCKKFKBSF.C7E0xiUwumqIDqWvXq"
ENDED = ("succeeded", "failed", "cancelled", "expired")


@pytest.fixture(scope="module")
def worker(tmp_path_factory):
    return Worker(tmp_path_factory.mktemp("workers"))


@pytest.fixture(scope="module")
def stack(emulator, default, worker):
    with deployed(emulator, "jobs", default, binaries={"RunJob": worker.binary}) as stack:
        yield stack


@pytest.fixture(scope="module")
def frontends(stack):
    with roles(stack) as credentials:
        yield credentials


@pytest.fixture(scope="module")
def call(stack, frontends):
    api = Api(stack)
    return lambda permission, *request, **more: api.signed(frontends[permission], *request, **more)


@pytest.fixture(scope="module")
def start(call):
    """Starts a job with records, and returns it."""

    def start(permission, route, records):
        answer = call(permission, "POST", route, "\n".join(map(json.dumps, records)), NDJSON)
        assert answer.status == 202, answer
        # A read right after the start finds the job.
        assert call(permission, "GET", f"/jobs/{answer.json['id']}").status == 200
        return answer.json

    return start


@pytest.fixture(scope="module")
def until(call):
    """Waits until a job has a status, and returns it."""

    def until(permission, job, *statuses, seconds=120):
        deadline = time.monotonic() + seconds
        while (found := call(permission, "GET", f"/jobs/{job['id']}").json)["status"] not in (statuses or ENDED):
            assert time.monotonic() < deadline, found
            time.sleep(0.2)
        assert found["total"] == sum(found[outcome] for outcome in ("pending", "planned", "succeeded", "failed", "skipped", "unknown")), found
        return found

    return until


@pytest.fixture(scope="module")
def results(call):
    def results(permission, job):
        answer = call(permission, "GET", f"/jobs/{job['id']}/results?limit=1000")
        assert answer.status == 200, answer
        return answer.json["results"]

    return results


def people(n, **more):
    batch = uuid.uuid4().hex[:8]
    return [{"ref": f"r{i}", "email": f"{CANARY}-{batch}-{i}@example.com", "name": f"Canary {i}", **more} for i in range(n)]


def test_users_from_creation_to_deletion(call, start, until, results):
    records = people(6, password="Canary-Passw0rd-7") + [{"ref": "bad", "email": "no address"}]
    made = until("UsherBulk", start("UsherBulk", "/user-creations", records))
    assert (made["status"], made["succeeded"], made["failed"]) == ("succeeded", 6, 1), made
    created = results("UsherBulk", made)
    assert [r["ref"] for r in created] == [r["ref"] for r in records] and created[6]["problem"]["code"] == "invalid-request", created
    ids = [r["user_id"] for r in created[:6]]

    changed = until("UsherBulk", start("UsherBulk", "/user-updates", [{"id": i, "set": {"name": "Canary Changed"}} for i in ids]))
    assert changed["succeeded"] == 6, changed
    exported = until("UsherExport", start("UsherExport", "/user-exports", []))
    users = {r["user"]["id"]: r["user"] for r in results("UsherExport", exported)}
    assert {users[i]["name"] for i in ids} == {"Canary Changed"}

    plan = until("UsherBulkDelete", start("UsherBulkDelete", "/user-deletions", [{"id": i} for i in ids]), "planned")
    assert plan["planned"] == 6, plan
    assert call("UsherManage", "PATCH", "/users/" + ids[0].replace("|", "%7C"), json.dumps({"name": "Canary Kept"})).status == 200
    wrong = call("UsherBulkDelete", "POST", f"/jobs/{plan['id']}/confirmation", json.dumps({"delete": 5}))
    assert (wrong.status, wrong.code) == (409, "plan-changed"), wrong
    for _ in range(2):
        assert call("UsherBulkDelete", "POST", f"/jobs/{plan['id']}/confirmation", json.dumps({"delete": 6})).status == 202
    deleted = until("UsherBulkDelete", plan)
    assert (deleted["status"], deleted["succeeded"], deleted["skipped"]) == ("succeeded", 5, 1), deleted


def test_an_import(start, until, results):
    records = people(4, custom_password_hash={"algorithm": "bcrypt", "hash": {"value": HASH}}) + people(1, password="Canary-Passw0rd-7")
    done = until("UsherImport", start("UsherImport", "/user-imports", records))
    assert (done["status"], done["succeeded"], done["failed"]) == ("succeeded", 4, 1), (done, results("UsherImport", done))


def test_a_job_belongs_to_its_front_end(call, start):
    job = start("UsherBulk", "/user-updates", [{"id": "auth0|65e19a100000000000000001", "set": {"name": "Canary"}}])
    for method in ("GET", "DELETE"):
        assert call("UsherImport", method, f"/jobs/{job['id']}").status == 404


def test_the_largest_input_fits_into_an_event(start, until):
    """Almost 4,000,000 bytes in 10,000 lines. All are faulty, so that nothing is left to do."""
    records = [{"email": "x" * 384}] * 10_000
    done = until("UsherBulk", start("UsherBulk", "/user-creations", records))
    assert done["total"] == done["failed"] == len(records), done


@pytest.mark.parametrize("done", [False, True], ids=["before", "after"])
def test_a_worker_that_is_killed_around_its_writes_repeats_nothing_harmful(done, storage, worker, start, until, results):
    seen = set()

    def fault(method, key, answered):
        """Kills the worker once at each kind of write."""
        kind = (method, key.split("/")[2] if key.startswith("jobs/") else key.split("/")[0])
        own = method in ("PUT", "DELETE") and kind not in (("PUT", "manifest"), ("PUT", "started"), ("PUT", "front-ends"), ("PUT", "input"))
        if not own or answered is not done or kind in seen or (kind[1] == "places" and ("PUT", "end") not in seen):
            return False
        seen.add(kind)
        worker.kill()
        return True

    records = people(3)
    with storage.during(fault):
        job = until("UsherBulk", start("UsherBulk", "/user-creations", records))
    assert (job["status"], job["succeeded"]) == ("succeeded", 3), (job, seen, results("UsherBulk", job))
    assert {("PUT", "state"), ("PUT", "results"), ("PUT", "end")} <= seen, seen
    assert len({r["user_id"] for r in results("UsherBulk", job)}) == 3


def test_a_worker_that_always_crashes_ends_the_job(storage, worker, start, until, stack, emulator):
    left = [None] * 9  # the first call, and as many repetitions as the machine has

    def fault(method, key, answered):
        """Kills the worker at its first write."""
        if method == "PUT" and key.endswith("/state") and left:
            left.pop()
            worker.kill()
            return True
        return False

    with storage.during(fault):
        job = start("UsherBulk", "/user-creations", people(2))
        ended = until("UsherBulk", job)
    assert not left
    assert (ended["status"], ended["problem"]["code"]) == ("failed", "internal"), ended
    states = emulator.client("stepfunctions")
    deadline = time.monotonic() + 120  # the execution ends after its last step has ended the job
    while not (failed := states.list_executions(stateMachineArn=stack.outputs["JobsMachine"], statusFilter="FAILED")["executions"]):
        assert time.monotonic() < deadline
        time.sleep(0.2)
    assert [e["name"].split("-")[0] for e in failed] == [job["id"]]
    assert states.describe_execution(executionArn=failed[0]["executionArn"])["error"] == "JobFailed"


def test_the_providers_rate_limit_delays_a_job(tenant, start, until):
    with tenant.client() as client:
        assert client.post(f"{tenant.url}/_tenant/faults", json={"route": "PATCH /api/v2/users/{id}", "times": 3, "status": 429}).status_code < 300
    job = until("UsherBulk", start("UsherBulk", "/user-updates", [{"id": "auth0|65e19a100000000000000002", "set": {"nickname": "canary"}}]))
    assert (job["status"], job["succeeded"]) == ("succeeded", 1), job


def test_a_chunk_that_another_wrote_is_not_carried_out(storage, stack, emulator, start, until):
    bucket = stack.outputs["JobsBucket"]

    def fault(method, key, answered):
        if method == "GET" and "/input/" in key and not answered:
            emulator.client("s3").put_object(Bucket=bucket, Key=key, Body=b'{"email":"eve@example.com"}')
        return False

    with storage.during(fault):
        job = until("UsherBulk", start("UsherBulk", "/user-creations", people(2)))
    assert (job["status"], job["skipped"]) == ("failed", 2) and job["problem"]["code"] == "internal", job


def test_a_job_is_cancelled(call, start, until, results):
    job = start("UsherBulk", "/user-creations", people(60))
    until("UsherBulk", job, "running", *ENDED)
    assert call("UsherBulk", "DELETE", f"/jobs/{job['id']}").status == 202
    ended = until("UsherBulk", job)
    assert ended["status"] == "cancelled" and ended["skipped"] > 0, ended
    assert {r["problem"]["code"] for r in results("UsherBulk", ended) if r["status"] == "skipped"} == {"job-cancelled"}
    assert call("UsherBulk", "DELETE", f"/jobs/{job['id']}").status == 204


def test_the_bucket_refuses_requests_without_tls(stack, emulator):
    """The role may do everything in S3."""
    iam, sts = emulator.client("iam"), emulator.client("sts")
    trust = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": "*"}}]}
    arn = iam.create_role(RoleName="storage", AssumeRolePolicyDocument=json.dumps(trust))["Role"]["Arn"]
    everything = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}
    iam.put_role_policy(RoleName="storage", PolicyName="everything", PolicyDocument=json.dumps(everything))
    given = sts.assume_role(RoleArn=arn, RoleSessionName="operator")["Credentials"]
    session = boto3.Session(given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"], REGION)
    bucket = stack.outputs["JobsBucket"]
    assert session.client("s3", endpoint_url=emulator.storage.url).list_objects_v2(Bucket=bucket)["KeyCount"] > 0
    with pytest.raises(botocore.exceptions.ClientError, match="AccessDenied"):
        session.client("s3", endpoint_url=emulator.url).list_objects_v2(Bucket=bucket)
    iam.delete_role_policy(RoleName="storage", PolicyName="everything")
    iam.delete_role(RoleName="storage")


def everything_kept(stack, emulator):
    """What Step Functions, S3 and CloudWatch keep, as texts by the place."""
    states, storage = emulator.client("stepfunctions"), emulator.client("s3")
    for execution in states.list_executions(stateMachineArn=stack.outputs["JobsMachine"])["executions"]:
        yield execution["name"], str(states.describe_execution(executionArn=execution["executionArn"]))
        pages = states.get_paginator("get_execution_history").paginate(executionArn=execution["executionArn"])
        yield f"history of {execution['name']}", str([page["events"] for page in pages])
    yield "tags", str(states.list_tags_for_resource(resourceArn=stack.outputs["JobsMachine"]))
    bucket = stack.outputs["JobsBucket"]
    for page in storage.get_paginator("list_objects_v2").paginate(Bucket=bucket):
        for found in page.get("Contents", []):
            body = storage.get_object(Bucket=bucket, Key=found["Key"])["Body"].read()
            yield found["Key"], found["Key"] + body.decode("latin-1")
    for group in stack.resources("AWS::Logs::LogGroup"):
        for row in stack.lines_in(group):
            yield group, row["@message"]
    yield "metrics", str(emulator.client("cloudwatch").list_metrics())


def test_nothing_personal_is_outside_the_sealed_objects_and_nothing_readable_in_them(stack, emulator):
    kept = list(everything_kept(stack, emulator))
    assert len([where for where, _ in kept if where.startswith("history")]) >= 10
    assert len([where for where, _ in kept if where.startswith("jobs/")]) >= 20
    words = (CANARY, HASH[7:], "passw0rd", "eve@example.com")
    found = [(where, word) for where, text in kept for word in words if word in text.lower() or word in text]
    # A test has put this object there.
    assert [f for f in found if f[1] != "eve@example.com" or "/input/" not in f[0]] == []


def drained(emulator, *arguments):
    environment = os.environ | {
        "AWS_ENDPOINT_URL": emulator.url, "AWS_DEFAULT_REGION": REGION, "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test",
    }  # fmt: skip
    run = subprocess.run([sys.executable, ROOT / "scripts/jobs_drain.py", *arguments], env=environment, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    return run.stdout


def test_a_drain_stops_all_jobs_and_empties_the_bucket(call, start, stack, emulator):
    job = start("UsherBulk", "/user-creations", people(100))
    assert drained(emulator, stack.name) == "The bucket is empty.\n"
    states = emulator.client("stepfunctions")
    assert not states.list_executions(stateMachineArn=stack.outputs["JobsMachine"], statusFilter="RUNNING")["executions"]
    assert emulator.client("s3").list_objects_v2(Bucket=stack.outputs["JobsBucket"])["KeyCount"] == 0
    assert call("UsherBulk", "GET", f"/jobs/{job['id']}").status == 404
