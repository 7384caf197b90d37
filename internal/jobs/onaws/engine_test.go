package onaws

import (
	"strings"
	"testing"
)

func TestAStartIsRepeatable(t *testing.T) {
	tests := map[string]struct {
		steps []step
		err   string // "" for none
	}{
		"started":         {[]step{{body: `{"executionArn":"arn","startDate":1}`}}, ""},
		"started before":  {[]step{{status: 400, code: "ExecutionAlreadyExists"}}, ""},
		"after a failure": {[]step{{status: 500, code: "InternalServerError"}, {status: 400, code: "ExecutionAlreadyExists"}}, ""},
		"no machine":      {[]step{{status: 400, code: "StateMachineDoesNotExist"}}, "StartExecution was refused: StateMachineDoesNotExist"},
		"no right":        {[]step{{status: 400, code: "AccessDeniedException"}}, "AccessDeniedException"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			a, f := against(t, tt.steps...)
			err := a.Start(t.Context(), "0a1b-2c-confirmed", "0a1b")
			if (err == nil) != (tt.err == "") || err != nil && (!strings.Contains(err.Error(), tt.err) || strings.Contains(err.Error(), "ada@")) {
				t.Errorf("%v", err)
			}
			if got := f.methods(); strings.Count(got, "AWSStepFunctions.StartExecution") != len(tt.steps) {
				t.Errorf("sent %s", got)
			}
		})
	}
}
