package onaws

import (
	"errors"
	"strings"
	"testing"

	"usher/internal/jobs"
)

func TestErrorsOfTheStorageNameNoValues(t *testing.T) {
	calls := map[string]func(*AWS) error{
		"GetObject":     func(a *AWS) error { _, _, err := a.Get(t.Context(), "k"); return err },
		"PutObject":     func(a *AWS) error { return a.Put(t.Context(), "k", []byte("x")) },
		"DeleteObject":  func(a *AWS) error { return a.Delete(t.Context(), "k") },
		"ListObjectsV2": func(a *AWS) error { _, err := a.List(t.Context(), "k", "", 1); return err },
	}
	for name, call := range calls {
		t.Run(name, func(t *testing.T) {
			a, _ := against(t, step{status: 403, code: "AccessDenied"})
			if err := call(a); err == nil || !strings.Contains(err.Error(), name+" was refused: AccessDenied") || strings.Contains(err.Error(), "ada@") {
				t.Errorf("%v", err)
			}
		})
	}
}

func TestAMissingObjectIsNoFailure(t *testing.T) {
	a, _ := against(t, step{status: 404, code: "NoSuchKey"})
	if _, _, err := a.Get(t.Context(), "k"); !errors.Is(err, jobs.ErrNoObject) {
		t.Errorf("%v", err)
	}
	// A wrong name of the bucket is a fault of the deployment, and not a missing object.
	a, _ = against(t, step{status: 404, code: "NoSuchBucket"})
	if _, _, err := a.Get(t.Context(), "k"); err == nil || errors.Is(err, jobs.ErrNoObject) {
		t.Errorf("%v", err)
	}
}

func TestAnObjectIsBounded(t *testing.T) {
	a, _ := against(t, step{body: strings.Repeat("x", maxObject+1)})
	if _, _, err := a.Get(t.Context(), "k"); err == nil {
		t.Error("an object over the limit is read")
	}
}
