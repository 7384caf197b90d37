"""Cancels all jobs of a stack and deletes their data: jobs_drain.py STACK.

The marker "paused" makes workers stop between two records. An execution that is not in a call of the worker is
then stopped. At the end the bucket is empty.
"""

import sys
import time

import boto3

# The steps of the state machine in which no worker runs (statemachines/jobs.asl.json).
IDLE = ("ExecutionStarted", "WaitStateEntered", "WaitStateExited", "ChoiceStateEntered", "ChoiceStateExited", "TaskFailed", "TaskTimedOut")
WAIT = 2  # seconds
PATIENCE = 600


def outputs(stack):
    (found,) = boto3.client("cloudformation").describe_stacks(StackName=stack)["Stacks"]
    return {o["OutputKey"]: o["OutputValue"] for o in found.get("Outputs", [])}


def running(states, machine):
    pages = states.get_paginator("list_executions").paginate(stateMachineArn=machine, statusFilter="RUNNING")
    return [e["executionArn"] for page in pages for e in page["executions"]]


def stop_idle(states, machine):
    """Stops the executions in which no worker runs, and returns the number of others."""
    busy = 0
    for execution in running(states, machine):
        (last,) = states.get_execution_history(executionArn=execution, reverseOrder=True, maxResults=1)["events"]
        if last["type"] in IDLE:
            states.stop_execution(executionArn=execution, error="JobsDrain", cause="An operator has cancelled all jobs.")
        else:
            busy += 1
    return busy


def empty(storage, bucket):
    """Deletes all objects but the marker, and returns how many there were."""
    deleted = 0
    for page in storage.get_paginator("list_objects_v2").paginate(Bucket=bucket):
        keys = [{"Key": o["Key"]} for o in page.get("Contents", []) if o["Key"] != "paused"]
        if keys:
            failed = storage.delete_objects(Bucket=bucket, Delete={"Objects": keys, "Quiet": True}).get("Errors", [])
            if failed:
                sys.exit(f"jobs_drain.py: S3 refuses to delete {len(failed)} objects: {failed[0]['Code']}")
        deleted += len(keys)
    return deleted


def main(stack):
    told = outputs(stack)
    if "JobsBucket" not in told:
        print("The stack has no jobs.")
        return
    bucket, machine = told["JobsBucket"], told["JobsMachine"]
    states, storage = boto3.client("stepfunctions"), boto3.client("s3")
    storage.put_object(Bucket=bucket, Key="paused")
    deadline = time.monotonic() + PATIENCE
    while stop_idle(states, machine) or running(states, machine) or empty(storage, bucket):
        if time.monotonic() > deadline:
            sys.exit("jobs_drain.py: jobs are still running. Detach the policies of jobs from all front-ends, and run it again.")
        time.sleep(WAIT)
    storage.delete_object(Bucket=bucket, Key="paused")
    print("The bucket is empty.")


if __name__ == "__main__":
    main(sys.argv[1])
