package onaws

import (
	"context"
	"encoding/json"
	"errors"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/aws/aws-sdk-go-v2/service/sfn/types"
)

// Start starts an execution of the state machine. Step Functions accepts a name once in 90 days
// (https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html).
func (a *AWS) Start(ctx context.Context, name, job string) error {
	// The input of an execution is kept for 90 days, and can be read by everybody who may read its history.
	// It is a pointer only.
	input, err := json.Marshal(map[string]any{"job": job, "run": strings.TrimPrefix(strings.TrimPrefix(name, job), "-"), "leg": 0})
	if err != nil {
		return err
	}
	text := string(input)
	_, err = a.sfn.StartExecution(ctx, &sfn.StartExecutionInput{StateMachineArn: &a.machine, Name: &name, Input: &text})
	if started := (*types.ExecutionAlreadyExists)(nil); errors.As(err, &started) {
		return nil
	}
	return fault("StartExecution", err)
}
