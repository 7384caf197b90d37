//go:build moto

package onaws

import (
	"fmt"
	"slices"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	s3types "github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/aws-sdk-go-v2/service/sfn"

	"usher/internal/jobs/storetest"
	"usher/test/testkit/moto"
)

// These tests run against moto. As in a Lambda function, the clients are configured by the environment.

func TestAgainstMoto(t *testing.T) {
	moto.Start(t)
	a := New(Options{Bucket: "jobs-bucket"})
	if _, err := a.s3.CreateBucket(t.Context(), &s3.CreateBucketInput{
		Bucket:                    &a.bucket,
		CreateBucketConfiguration: &s3types.CreateBucketConfiguration{LocationConstraint: "eu-central-1"},
	}); err != nil {
		t.Fatal(err)
	}
	storetest.Test(t, a)
	t.Run("more keys than a page", func(t *testing.T) { morePages(t, a) })
	t.Run("executions", func(t *testing.T) { executions(t, a) })
}

func morePages(t *testing.T, a *AWS) {
	a.page = 10
	var want []string
	for i := range 25 {
		want = append(want, fmt.Sprintf("pages/%05d", i))
	}
	for _, key := range want {
		if err := a.Put(t.Context(), key, nil); err != nil {
			t.Fatal(err)
		}
	}
	for _, limit := range []int{9, 10, 11, 20, 24, 25, 26, 100} {
		if got, err := a.List(t.Context(), "pages/", "", limit); err != nil || !slices.Equal(got, want[:min(limit, len(want))]) {
			t.Errorf("%d of %d: %v", len(got), limit, err)
		}
	}
}

// executions starts executions of a machine that waits.
func executions(t *testing.T, a *AWS) {
	made, err := a.sfn.CreateStateMachine(t.Context(), &sfn.CreateStateMachineInput{
		Name:       aws.String("Jobs"),
		RoleArn:    aws.String("arn:aws:iam::123456789012:role/jobs"),
		Definition: aws.String(`{"StartAt":"Wait","States":{"Wait":{"Type":"Wait","Seconds":60,"End":true}}}`),
	})
	if err != nil {
		t.Fatal(err)
	}
	machine := New(Options{Machine: *made.StateMachineArn})
	job := "0123456789abcdef0123456789abcdef01234567"
	for _, name := range []string{job, job, job + "-confirmed"} {
		if err := machine.Start(t.Context(), name, job); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
	}
	found, err := a.sfn.ListExecutions(t.Context(), &sfn.ListExecutionsInput{StateMachineArn: made.StateMachineArn})
	if err != nil || len(found.Executions) != 2 {
		t.Fatalf("%v, %v", found, err)
	}
	inputs := map[string]bool{}
	for _, e := range found.Executions {
		of, err := a.sfn.DescribeExecution(t.Context(), &sfn.DescribeExecutionInput{ExecutionArn: e.ExecutionArn})
		if err != nil {
			t.Fatal(err)
		}
		inputs[*of.Input] = true
		if _, err := a.sfn.StopExecution(t.Context(), &sfn.StopExecutionInput{ExecutionArn: e.ExecutionArn}); err != nil {
			t.Error(err)
		}
	}
	for _, run := range []string{"", "confirmed"} {
		if want := fmt.Sprintf(`{"job":%q,"leg":0,"run":%q}`, job, run); !inputs[want] {
			t.Errorf("no execution has the input %s, but %v", want, inputs)
		}
	}
}
