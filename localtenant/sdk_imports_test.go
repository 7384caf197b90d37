package localtenant_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/auth0/go-auth0/v3/management"
	"github.com/auth0/go-auth0/v3/management/core"
	jobs "github.com/auth0/go-auth0/v3/management/jobs/client"
	joberrors "github.com/auth0/go-auth0/v3/management/jobs/errors"
	"github.com/auth0/go-auth0/v3/management/jobs/usersimports"
	"github.com/auth0/go-auth0/v3/management/option"

	"usher/localtenant"
	"usher/localtenant/tenanttest"
)

// TestSDKImports drives imports by go-auth0: each status, both forms of errors, and the refusals.
func TestSDKImports(t *testing.T) {
	ctx := context.Background()
	s := tenanttest.Start(t, newClock().option, empty)
	o := core.NewRequestOptions(option.WithBaseURL(s.URL+"/api/v2"), option.WithToken(newAPI(t, s).token), option.WithMaxAttempts(1))
	imports, read, faults := usersimports.NewClient(o), jobs.NewClient(o), joberrors.NewClient(o)
	configure(t, s, func(c *localtenant.Settings) {
		c.Imports.PerJob, c.Imports.PerUser = localtenant.Duration(time.Minute), localtenant.Duration(30*time.Second)
	})
	create := func(users string) (*management.CreateImportUsersResponseContent, error) {
		return imports.Create(ctx, &management.CreateImportUsersRequestContent{
			Users: strings.NewReader(users), ConnectionID: databaseID, Upsert: new(false), ExternalID: new("mine"), SendCompletionEmail: new(false),
		})
	}
	begun := one(create(`[{"email":"a@example.com"},{"email":"b@"}]`))(t)
	if begun.GetType() != "users_import" || begun.GetStatus() != "pending" || begun.GetExternalID() != "mine" || begun.GetConnectionID() != databaseID {
		t.Errorf("%v", begun)
	}
	other := one(create(`{`))(t)
	if _, err := create(`[]`); !isTooMany(err) {
		t.Errorf("a third: %v", err)
	}
	if _, err := create("[" + strings.Repeat(" ", 500<<10) + "]"); !hasStatus(err, 413) {
		t.Errorf("a large one: %v", err)
	}
	for _, want := range []string{"pending", "processing", "completed"} {
		got := one(read.Get(ctx, begun.GetID()))(t)
		if got.GetStatus() != want {
			t.Errorf("%v, want %s", got, want)
		}
		if want == "processing" && (got.GetPercentageDone() != 0 || got.GetTimeLeftSeconds() != 60) {
			t.Errorf("%v", got)
		}
		s.Tenant.Advance(time.Minute)
	}
	summary := one(read.Get(ctx, begun.GetID()))(t).GetSummary()
	if summary.GetInserted() != 1 || summary.GetFailed() != 1 || summary.GetUpdated() != 0 || summary.GetTotal() != 2 {
		t.Errorf("%v", summary)
	}
	list := one(faults.Get(ctx, begun.GetID()))(t).GetGetJobErrorResponseContentList()
	if len(list) != 1 || len(list[0].GetErrors()) != 1 || *list[0].GetErrors()[0].Code != "INVALID_FORMAT" || *list[0].GetErrors()[0].Path != "identities[0].profileData.email" {
		t.Errorf("%v", list)
	}
	generic := one(faults.Get(ctx, other.GetID()))(t).GetGetJobGenericErrorResponseContent()
	if generic.GetStatus() != "failed" || !strings.HasPrefix(generic.GetStatusDetails(), "Failed to parse users file JSON") {
		t.Errorf("%v", generic)
	}
	configure(t, s, func(c *localtenant.Settings) { c.Imports = localtenant.Imports{Fail: 1} })
	silent := one(create(`[{"email":"c@example.com"}]`))(t)
	if got := one(read.Get(ctx, silent.GetID()))(t); got.GetStatus() != "failed" || got.Summary != nil || got.StatusDetails != nil {
		t.Errorf("%v", got)
	}
	// The SDK takes a 204 for an error.
	if got, err := faults.Get(ctx, silent.GetID()); got != nil || err == nil || !strings.Contains(err.Error(), "responded with nothing") {
		t.Errorf("%v %v", got, err)
	}
	s.Tenant.Advance(24 * time.Hour)
	o = core.NewRequestOptions(option.WithBaseURL(s.URL+"/api/v2"), option.WithToken(newAPI(t, s).token), option.WithMaxAttempts(1))
	_, err := jobs.NewClient(o).Get(ctx, begun.GetID())
	if _, gone := errors.AsType[*management.NotFoundError](err); !gone {
		t.Errorf("after a day: %v", err)
	}
}

func isTooMany(err error) bool {
	_, ok := errors.AsType[*management.TooManyRequestsError](err)
	return ok
}

func hasStatus(err error, status int) bool {
	e, ok := errors.AsType[*core.APIError](err)
	return ok && e.StatusCode == status
}
