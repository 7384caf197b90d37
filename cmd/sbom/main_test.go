package main

import (
	"io"
	"strings"
	"testing"
)

func TestRefuses(t *testing.T) {
	for name, tt := range map[string]struct {
		args []string
		says string
	}{
		"an argument":     {[]string{".aws-sam/arm64"}, `unexpected argument ".aws-sam/arm64"`},
		"an unknown flag": {[]string{"-nonsense"}, "-nonsense"},
		"no functions":    {[]string{"-functions", t.TempDir()}, "there are no functions in"},
	} {
		var out strings.Builder
		if err := run(tt.args, &out, io.Discard); err == nil || !strings.Contains(err.Error(), tt.says) || out.Len() > 0 {
			t.Errorf("%s: %v, and it wrote %s", name, err, &out)
		}
	}
}
