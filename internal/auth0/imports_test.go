package auth0

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/tidwall/gjson"

	"usher/internal/imports"
	"usher/internal/problem"
	"usher/internal/quota"
	"usher/localtenant"
	"usher/localtenant/tenanttest"
)

// importsOf returns the imports of a local tenant that gives its odd answers.
func importsOf(t *testing.T) (*tenanttest.Server, *Client) {
	t.Helper()
	s := tenanttest.Start(t, func(o *localtenant.Options) { o.Quirks = true })
	c, _ := newClient(holding(credentialsAt(s.URL, localtenant.ClientSecret)), newClock())
	return s, c
}

func TestConnectionOfImports(t *testing.T) {
	_, c := importsOf(t)
	for name, want := range map[string]string{
		localtenant.Connection: "",
		"sms":                  "connection: is not a database connection",
		"none":                 "connection: there is no such connection",
	} {
		id, err := c.Imports().Connection(t.Context(), name)
		if want == "" && (err != nil || id != "con_Local0000000001x") {
			t.Errorf("%s: %q, %v", name, id, err)
		}
		if want != "" {
			wantKind(t, err, problem.InvalidRequest, want)
		}
	}
}

func ptr[T any](v T) *T { return &v }

func TestImport(t *testing.T) {
	s, c := importsOf(t)
	i := c.Imports()
	connection, err := i.Connection(t.Context(), localtenant.Connection)
	if err != nil {
		t.Fatal(err)
	}
	start := func(upsert bool, users ...imports.Planned) imports.Job {
		t.Helper()
		id, err := i.Start(t.Context(), imports.Import{ConnectionID: connection, Upsert: upsert, Users: users})
		if err != nil {
			t.Fatal(err)
		}
		job, err := i.Job(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		failures, err := i.Failures(t.Context(), id)
		if err != nil || job.Failed == nil || len(failures) != *job.Failed {
			t.Fatalf("%+v, %+v, %v", job, failures, err)
		}
		return job
	}
	// Our names, and those of the provider.
	user := imports.User{
		Email: "mary@example.com", EmailVerified: ptr(true), PhoneNumber: ptr("+14155550188"), PhoneVerified: ptr(true), Username: ptr("mary"),
		Name: ptr("Mary"), GivenName: ptr("M"), FamilyName: ptr("S"), Nickname: ptr("m"), Picture: ptr("https://example.com/m.png"), Blocked: ptr(true),
		Metadata: map[string]any{"a": 1}, AppMetadata: map[string]any{"b": json.Number("12345678901234567")},
	}
	if job := start(false, imports.Planned{User: user, RecordID: "0123"}); job.Status != imports.Completed || *job.Failed != 0 {
		t.Errorf("%+v", job)
	}
	got, err := c.Users().read(t.Context(), "auth0|0123")
	if err != nil {
		t.Fatal(err)
	}
	if got.Email != user.Email || !*got.EmailVerified || got.PhoneNumber != "+14155550188" || !*got.PhoneVerified || got.Username != "mary" || got.Name != "Mary" ||
		!got.Blocked || got.Picture != *user.Picture || string(got.Metadata) != `{"a":1}` || !strings.HasPrefix(string(got.AppMetadata), `{"b":`) {
		t.Errorf("%+v", got)
	}
	if mails := s.Tenant.Outbox(); len(mails) != 0 {
		t.Errorf("%v", mails)
	}
	for id, want := range map[string]bool{"0123": true, "4567": false} {
		if exists, err := i.Exists(t.Context(), id); err != nil || exists != want {
			t.Errorf("%s: %t, %v", id, exists, err)
		}
	}
	if job, err := i.Job(t.Context(), "job_none000000000000"); err != nil || job.Status != imports.Gone {
		t.Errorf("%+v, %v", job, err)
	}

	// An upsert keeps the service's own data, and replaces the rest.
	own := localtenant.User{Email: "own@example.com", AppMetadata: map[string]any{"old": 1, "usher": map[string]any{"request": "r", "mailed": true}}}
	if _, err := s.Tenant.AddUser(own); err != nil {
		t.Fatal(err)
	}
	found, err := i.Existing(t.Context(), localtenant.Connection, "Own@Example.com")
	if err != nil || !strings.HasPrefix(found.UserID, "auth0|") || string(found.Reserved) == "" {
		t.Fatalf("%+v, %v", found, err)
	}
	if job := start(true, imports.Planned{User: imports.User{Email: "own@example.com", AppMetadata: map[string]any{}}, Reserved: found.Reserved}); *job.Failed != 0 {
		t.Errorf("%+v", job)
	}
	body, err := call(t.Context(), func(ctx context.Context) (any, error) { return c.users.Get(ctx, found.UserID, nil) })
	if err != nil {
		t.Fatal(err)
	}
	if kept := gjson.GetBytes(body, "app_metadata").Raw; kept != `{"usher":{"mailed":true,"request":"r"}}` {
		t.Error(kept)
	}
	for _, other := range []string{"employees", "sms"} {
		if found, err := i.Existing(t.Context(), other, "own@example.com"); err != nil || found.UserID != "" {
			t.Errorf("%s: %+v, %v", other, found, err)
		}
	}
	reserved := imports.Planned{User: imports.User{Email: "x@example.com", AppMetadata: map[string]any{"usher": 1}}}
	_, err = i.Start(t.Context(), imports.Import{ConnectionID: connection, Users: []imports.Planned{reserved}})
	wantKind(t, err, problem.InvalidRequest, "is reserved")
}

// A third import is refused at once, with what looks like a rate limit. The quota learns nothing from it.
func TestThirdImport(t *testing.T) {
	s, c := importsOf(t)
	if err := s.Tenant.Configure(func(set *localtenant.Settings) { set.Imports.PerJob = localtenant.Duration(time.Hour) }); err != nil {
		t.Fatal(err)
	}
	im := imports.Import{ConnectionID: "con_Local0000000001x"}
	for range 2 {
		if _, err := c.Imports().Start(t.Context(), im); err != nil {
			t.Fatal(err)
		}
	}
	s.Tenant.ResetStats()
	_, err := c.Imports().Start(t.Context(), im)
	wantKind(t, err, problem.TooManyRequests, "")
	if n := s.Tenant.Stats().Routes["POST /api/v2/jobs/users-imports"]; n != 1 || errors.Is(err, imports.ErrPerhapsStarted) {
		t.Errorf("%d requests, %v", n, err)
	}
}

func TestQuotaAfterAThirdImport(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		full := status(429, "X-RateLimit-Limit", "50", "X-RateLimit-Remaining", "48")
		s := &script{answers: []func(*http.Request) (*http.Response, error){full, status(200)}}
		rt := limited(t, s, 50)
		r := request(t, quota.With(t.Context(), quota.Background), "POST")
		r.URL.Path = importsPath
		if _, err := rt.RoundTrip(r); err == nil || s.retries != 0 {
			t.Errorf("%d retries, %v", s.retries, err)
		}
		if err := managementRequest(t, quota.Background, "GET")(rt); err != nil || len(s.overQuota) > 0 {
			t.Errorf("the quota is believed to be used up: %v", err)
		}
	})
}

// Only a start that the provider may have seen and not refused may run.
func TestPerhapsStarted(t *testing.T) {
	for name, tt := range map[string]struct {
		answer func(*http.Request) (*http.Response, error)
		kind   problem.Kind
		starts bool
	}{
		"a refusal":                  {responding(400, `{"statusCode":400,"message":"The connection does not exist.","errorCode":"inexistent_connection"}`), problem.InvalidRequest, false},
		"no permission":              {responding(403, `{}`), problem.ServiceMisconfigured, false},
		"a file that is too large":   {responding(413, `{}`), problem.BodyTooLarge, false},
		"a rate limit":               {responding(429, `{}`), problem.TooManyRequests, false},
		"a failure":                  {responding(500, `{}`), problem.ProviderFailed, true},
		"not available":              {responding(503, ``), problem.ProviderUnavailable, true},
		"started, with an odd job":   {responding(202, `{"id":7}`), problem.ProviderFailed, true},
		"started, with no body":      {responding(202, ``), problem.ProviderFailed, true},
		"no connection to the other": {func(*http.Request) (*http.Response, error) { return nil, errRefused }, problem.ProviderUnavailable, false},
	} {
		t.Run(name, func(t *testing.T) {
			c, _ := newClient(holding(credentialsAt("tenant.example.com", "secret")), newClock(), func(o *Options) {
				o.Transport = roundTrip(func(r *http.Request) (*http.Response, error) {
					if r.URL.Path == tokenPath {
						return responding(200, `{"access_token":"a","expires_in":60}`)(r)
					}
					return tt.answer(r)
				})
			})
			_, err := c.Imports().Start(t.Context(), imports.Import{})
			wantKind(t, err, tt.kind, "")
			if errors.Is(err, imports.ErrPerhapsStarted) != tt.starts {
				t.Errorf("perhaps started: %t, %v", !tt.starts, err)
			}
		})
	}
	t.Run("no token", func(t *testing.T) {
		c, _ := newClient(holding(credentialsAt("tenant.example.com", "secret")), newClock(), func(o *Options) { o.Transport = roundTrip(responding(503, ``)) })
		_, err := c.Imports().Start(t.Context(), imports.Import{})
		wantKind(t, err, problem.ProviderUnavailable, "")
		if errors.Is(err, imports.ErrPerhapsStarted) {
			t.Error(err)
		}
	})
}

func responding(code int, body string) func(*http.Request) (*http.Response, error) {
	return func(*http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: code, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body))}, nil
	}
}

// failuresIn returns the failures in a response, in short.
func failuresIn(t *testing.T, code int, body string) (all []string, err error) {
	t.Helper()
	tenant := roundTrip(func(r *http.Request) (*http.Response, error) {
		if r.URL.Path == tokenPath {
			return responding(200, `{"access_token":"a","expires_in":60}`)(r)
		}
		return responding(code, body)(r)
	})
	c, _ := newClient(holding(credentialsAt("tenant.example.com", "secret")), newClock(), func(o *Options) { o.Transport = tenant; o.Backoff = time.Nanosecond })
	failures, err := c.Imports().Failures(context.WithoutCancel(t.Context()), "job_1")
	for _, f := range failures {
		text := strings.Join([]string{f.UserID, f.Email, f.Username, f.Problem.Kind.Code}, " ")
		for _, field := range f.Problem.Fields {
			text += " " + field.Field
		}
		if strings.Contains(f.Problem.Error()+f.Problem.Detail, "canary") {
			t.Errorf("the provider's text is repeated: %v", f.Problem)
		}
		all = append(all, text)
	}
	return all, err
}

func TestFailuresOfAnImport(t *testing.T) {
	const user = `{"user":{"email":"a@example.com","user_id":"1","username":"a"},"errors":[`
	item := func(code, message, path string) string {
		text, _ := json.Marshal(map[string]string{"code": code, "message": message, "path": path})
		return user + string(text) + `]}`
	}
	for name, tt := range map[string]struct {
		code int
		body string
		want []string
	}{
		"none":                      {204, ``, nil},
		"an empty list":             {200, `[]`, nil},
		"of the whole file":         {200, `{"status":"failed","status_details":"Failed to parse users file JSON"}`, nil},
		"gone":                      {404, `{}`, nil},
		"exists":                    {200, `[` + item("DUPLICATED_USER", "The user already exist and upsert parameter is false", "") + `]`, []string{"1 a@example.com a user-exists"}},
		"twice in the file":         {200, `[` + item("DUPLICATED_USER", "A user with this [email|username|user_id] was already provided.", "") + `]`, []string{"1 a@example.com a duplicate-record"}},
		"another user has the name": {200, `[` + item("CONFLICT_USERNAME", "canary", "") + `]`, []string{"1 a@example.com a user-exists"}},
		"a hash that is used": {200, `[` + item("CONFLICT", "A custom_password_hash was provided, but the user already has password hash defined.", "") + `]`,
			[]string{"1 a@example.com a invalid-request custom_password_hash"}},
		"without factors":      {200, `[` + item("MFA_FACTORS_FAILED", "Unable to import factors", "") + `]`, []string{"1 a@example.com a partly-updated mfa_factors"}},
		"no connection":        {200, `[` + item("CONNECTION_NOT_FOUND", "canary", "") + `]`, []string{"1 a@example.com a invalid-request connection"}},
		"an email":             {200, `[` + item("FORMAT", "canary@", "identities[0].profileData.email") + `]`, []string{"1 a@example.com a invalid-request email"}},
		"a hash":               {200, `[` + item("PATTERN", "Error in passwordHash property - String does not match pattern ^x$: canary", "passwordHash") + `]`, []string{"1 a@example.com a invalid-request password_hash"}},
		"a path in the text":   {200, `[` + item("PATTERN", "Error in user_metadata.canary property - x", "") + `]`, []string{"1 a@example.com a invalid-request metadata"}},
		"a member of a member": {200, `[` + item("PATTERN", "x", "mfa_factors[0].phone.value") + `]`, []string{"1 a@example.com a invalid-request mfa_factors"}},
		"an unknown member":    {200, `[` + item("NOT_PASSED", "Forbidden attribute in appUser: canary", "") + `]`, []string{"1 a@example.com a invalid-request"}},
		"two errors": {200, `[` + user + `{"code":"FORMAT","path":"name"},{"code":"TYPE","path":"picture"}]}]`,
			[]string{"1 a@example.com a invalid-request name picture"}},
		"odd items": {200, `[{"user":null,"errors":null},{"errors":[7]},7,null,{"user":{"email":["a@example.com"],"user_id":7},"errors":[{"code":7}]}]`,
			[]string{"   invalid-request", "   invalid-request", "   invalid-request", "   invalid-request", "   invalid-request"}},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := failuresIn(t, tt.code, tt.body)
			if diff := cmp.Diff(tt.want, got); diff != "" || err != nil {
				t.Errorf("%v %s", err, diff)
			}
		})
	}
	for _, code := range []int{200, 500} {
		if _, err := failuresIn(t, code, `<html>`); !problem.Is(err, problem.ProviderFailed) {
			t.Errorf("%d: %v", code, err)
		}
	}
}
