package bulk_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"usher/internal/bulk"
	"usher/internal/users"
	"usher/localtenant"
)

func TestCreationLines(t *testing.T) {
	f := start(t)
	d := bulk.Creations(options, nil)
	tests := map[string]struct{ line, want string }{
		"a user":                   {`{"email":"a@example.com","ref":"1"}`, ""},
		"a passwordless user":      {`{"connection":"sms","phone_number":"+14155550123"}`, ""},
		"no identifier":            {`{"name":"Ada"}`, "invalid-request email"},
		"an unknown member":        {`{"email":"a@example.com","nick":"x"}`, "invalid-request nick"},
		"an id":                    {`{"email":"a@example.com","id":"auth0|1"}`, "invalid-request id"},
		"several faults":           {`{"email":"a","picture":"x"}`, "invalid-request email picture"},
		"metadata":                 {`{"email":"a@example.com","app_metadata":{"usher":1}}`, "invalid-request app_metadata.usher"},
		"an invitation":            {`{"email":"a@example.com","invite":"link","result_url":"https://evil.example"}`, "invalid-request result_url"},
		"an invitation by default": {`{"connection":"email","email":"a@example.com","invite":"email"}`, "invalid-request invite"},
		"no object":                {`"a"`, "invalid-json"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := f.line(d, tt.line)
			if got := fault(err); got != tt.want {
				t.Errorf("%s, want %q", err, tt.want)
			}
		})
	}
}

func TestCreationLinesAboutOneUser(t *testing.T) {
	f := start(t)
	d := bulk.Creations(options, nil)
	same := func(line string) []string {
		got, err := f.line(d, line)
		if err != nil {
			t.Fatal(err)
		}
		return got.Same
	}
	want := []string{localtenant.Connection + " email ada@example.com", localtenant.Connection + " phone_number +1", localtenant.Connection + " username ada"}
	if diff := cmp.Diff(want, same(`{"email":"Ada@Example.com","username":"ADA","phone_number":"+1"}`)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"employees email ada@example.com"}, same(`{"email":"ada@example.com","connection":"employees"}`)); diff != "" {
		t.Error(diff)
	}
}

func TestCreationStart(t *testing.T) {
	f := start(t)
	d := bulk.Creations(options, nil)
	f.callAs(withScopes("usher:bulk"), "")
	if _, err := d.Options(f.caller, nil); fault(err) != "forbidden" {
		t.Error(err)
	}
	f.callAs(withScopes("usher:manage"), "")
	if _, err := d.Options(f.caller, nil); err != nil {
		t.Error(err)
	}
	if _, err := d.Options(f.caller, map[string][]string{"upsert": {"true"}}); fault(err) != "invalid-request upsert" {
		t.Error(err)
	}
	if _, err := f.line(d, `{"email":"a@example.com","app_metadata":{"a":1}}`); fault(err) != "forbidden" {
		t.Error(err)
	}
	f.callAs(shop, limited(`"connections":["Employees"],"app_metadata":false`))
	if _, err := f.line(d, `{"email":"a@example.com"}`); fault(err) != "outside-front-ends-limits shop.connections" {
		t.Error(err)
	}
	if _, err := f.line(d, `{"email":"a@example.com","connection":"Employees","app_metadata":{"a":1}}`); fault(err) != "outside-front-ends-limits shop.app_metadata" {
		t.Error(err)
	}
}

func TestCreations(t *testing.T) {
	f := start(t)
	f.addUser(localtenant.User{Email: "taken@example.com"})
	d := bulk.Creations(options, f.client.Users())
	r := f.newRun(d, "",
		`{"email":"a@example.com","ref":"first","name":"Ada","metadata":{"n":12345678901,"nested":{"a":[1]}},"app_metadata":{"plan":"gold"}}`,
		`{"email":"b@example.com","password":"Plum-Tree-42","email_verified":true}`,
		`{"email":"taken@example.com"}`,
		`{"email":"c@example.com","password":"weak"}`,
		`{"email":"d@example.com","invite":"link","result_url":"https://app.example/welcome","ttl":600}`,
		`{"email":"e@example.com","invite":"email"}`,
		`{"connection":"nowhere","email":"f@example.com"}`,
		`{"connection":"sms","phone_number":"+14155550199"}`,
	)
	calls := f.calls(func() { r.work(d) })
	want := []string{"succeeded", "succeeded", "failed user-exists", "failed password-too-weak password password password", "succeeded", "succeeded", "failed invalid-request connection", "succeeded"}
	if diff := cmp.Diff(want, r.short()); diff != "" {
		t.Error(diff)
	}
	// One call for each user, two for an invitation by link, three for one by mail, and one to look for the user of an
	// earlier attempt. The refused password is explained by its policy.
	wantCalls := map[string]int{
		"POST /api/v2/users": 8, "POST /api/v2/tickets/password-change": 1, "POST /dbconnections/change_password": 1, "PATCH /api/v2/users/{id}": 1,
		"GET /api/v2/users/{id}": 1, "GET /api/v2/connections": 1,
	}
	if diff := cmp.Diff(wantCalls, calls); diff != "" {
		t.Error(diff)
	}

	results := r.all()
	ada := f.user(results[0].UserID)
	if ada.Name != "Ada" || string(ada.Metadata) != `{"n":12345678901,"nested":{"a":[1]}}` || string(ada.AppMetadata) != `{"plan":"gold"}` {
		t.Errorf("%+v", ada)
	}
	if results[0].Ref != "first" || results[1].Ref != "" {
		t.Errorf("refs %q %q", results[0].Ref, results[1].Ref)
	}
	var invitation users.Invitation
	if err := json.Unmarshal(results[4].Invitation, &invitation); err != nil || !strings.HasPrefix(invitation.URL, "http") || results[5].Invitation != nil {
		t.Errorf("%v %s %s", err, results[4].Invitation, results[5].Invitation)
	}
	f.signIn("b@example.com", "Plum-Tree-42")
	wantAudits := []string{
		"user.create  invalid-request", "user.create  password-too-weak", "user.create  user-exists", "user.create " + results[0].UserID + " done",
	}
	if diff := cmp.Diff(wantAudits, append(r.audits[:3:3], "user.create "+results[0].UserID+" done")); diff != "" || len(r.audits) != 8 {
		t.Errorf("%s%q", diff, r.audits)
	}
}

// A repetition after a crash, which has lost all results, finds the users that it created before.
func TestCreationsRepeated(t *testing.T) {
	f := start(t)
	d := bulk.Creations(options, f.client.Users())
	r := f.newRun(d, "",
		`{"email":"a@example.com"}`,
		`{"connection":"email","email":"B@example.com","app_metadata":{"kept":1}}`,
		`{"connection":"sms","phone_number":"+14155550199"}`,
		`{"email":"c@example.com","invite":"email"}`,
	)
	r.work(d)
	first := r.all()
	r.forget()
	r.work(d)
	if diff := cmp.Diff(first, r.all()); diff != "" {
		t.Error(diff)
	}
	if got := len(f.tenant.Outbox()); got != 1 {
		t.Errorf("%d mails", got)
	}
	if got := string(f.user(first[1].UserID).AppMetadata); got != `{"kept":1}` {
		t.Error(got)
	}
	other := f.newRun(d, "", `{"email":"a@example.com"}`, `{"connection":"email","email":"b@example.com"}`, `{"connection":"sms","phone_number":"+14155550199"}`)
	for i := range other.records {
		other.records[i].Index += 100 // the keys of another job
	}
	other.work(d)
	if diff := cmp.Diff([]string{"failed user-exists", "failed user-exists", "failed user-exists"}, other.short()); diff != "" {
		t.Error(diff)
	}
}

// A user who exists but is not found by phone number yet may be from an earlier attempt.
func TestCreationsUnknown(t *testing.T) {
	f := start(t)
	if err := f.tenant.Configure(func(s *localtenant.Settings) { s.IndexLag = localtenant.Duration(1 << 40) }); err != nil {
		t.Fatal(err)
	}
	d := bulk.Creations(options, f.client.Users())
	r := f.newRun(d, "", `{"connection":"sms","phone_number":"+14155550199"}`)
	r.work(d)
	r.forget()
	r.work(d)
	if diff := cmp.Diff([]string{"unknown user-exists"}, r.short()); diff != "" {
		t.Error(diff)
	}
}

// A refusal by the provider's rate limit leaves no result and no audit line: the record is tried again.
func TestCreationsOverTheRateLimit(t *testing.T) {
	f := start(t)
	d := bulk.Creations(options, f.client.Users())
	r := f.newRun(d, "", `{"email":"a@example.com"}`)
	f.tenant.Fail(localtenant.Fault{Route: "POST /api/v2/users", Status: http.StatusTooManyRequests, Header: http.Header{"Retry-After": {"3600"}}})
	step, err := d.Work.Run(t.Context(), r)
	if err != nil || step.Wait == 0 || len(r.audits) != 0 || r.short()[0] != "pending" {
		t.Errorf("%+v %v %q %v", step, err, r.audits, r.short())
	}
	f.tenant.ClearFaults()
	r.work(d)
	if diff := cmp.Diff([]string{"succeeded"}, r.short()); diff != "" {
		t.Error(diff)
	}
}

// The limits of the front-end are those at the time when the record is processed.
func TestCreationsUnderChangedLimits(t *testing.T) {
	f := start(t)
	d := bulk.Creations(options, f.client.Users())
	r := f.newRun(d, "", `{"email":"a@example.com"}`, `{"email":"b@example.com","app_metadata":{"a":1}}`)
	f.callAs(shop, limited(`"app_metadata":false`))
	r.work(d)
	if diff := cmp.Diff([]string{"succeeded", "failed outside-front-ends-limits"}, r.short()); diff != "" {
		t.Error(diff)
	}
}
