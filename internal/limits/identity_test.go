package limits

import (
	"strings"
	"testing"

	"usher/internal/httpapi"
	"usher/internal/problem"
)

const account = "123456789012"

func policy(t *testing.T) Policy {
	t.Helper()
	p, err := Parse(whole, deployment)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestFrontEndOfCaller(t *testing.T) {
	iam := func(arn string) httpapi.Caller { return httpapi.Caller{Account: account, ID: arn} }
	tests := map[string]struct {
		caller httpapi.Caller
		want   string // the front-end's name; "" for an unlisted caller
	}{
		"the role":                      {iam("arn:aws:sts::123456789012:assumed-role/shop-frontend/i-0abc"), "shop"},
		"another session":               {iam("arn:aws:sts::123456789012:assumed-role/shop-frontend/x"), "shop"},
		"in GovCloud":                   {iam("arn:aws-us-gov:sts::123456789012:assumed-role/shop-frontend/x"), "shop"},
		"in China":                      {iam("arn:aws-cn:sts::123456789012:assumed-role/shop-frontend/x"), "shop"},
		"a session with slashes":        {iam("arn:aws:sts::123456789012:assumed-role/shop-frontend/a/b/c"), "shop"},
		"a session like another role":   {iam("arn:aws:sts::123456789012:assumed-role/shop-frontend/assumed-role/other/x"), "shop"},
		"another role's, named like it": {iam("arn:aws:sts::123456789012:assumed-role/other/shop-frontend"), ""},
		"another role's, with its path": {iam("arn:aws:sts::123456789012:assumed-role/other/assumed-role/shop-frontend/x"), ""},
		"another role's, the whole ARN": {iam("arn:aws:sts::123456789012:assumed-role/other/arn:aws:sts::123456789012:assumed-role/shop-frontend/x"), ""},
		"another role's, on a new line": {iam("arn:aws:sts::123456789012:assumed-role/other/x\narn:aws:sts::123456789012:assumed-role/shop-frontend/x"), ""},
		"after a line break":            {iam("\narn:aws:sts::123456789012:assumed-role/shop-frontend/x"), ""},
		"another account":               {httpapi.Caller{Account: "123456789013", ID: "arn:aws:sts::123456789013:assumed-role/shop-frontend/x"}, ""},
		"another case":                  {iam("arn:aws:sts::123456789012:assumed-role/Shop-Frontend/x"), ""},
		"a longer name":                 {iam("arn:aws:sts::123456789012:assumed-role/shop-frontend2/x"), ""},
		"with its path":                 {iam("arn:aws:sts::123456789012:assumed-role/service/shop-frontend/x"), ""},
		"no session":                    {iam("arn:aws:sts::123456789012:assumed-role/shop-frontend"), ""},
		"an empty session":              {iam("arn:aws:sts::123456789012:assumed-role/shop-frontend/"), ""},
		"the role's own ARN":            {iam("arn:aws:iam::123456789012:role/shop-frontend"), ""},
		"a user of that name":           {iam("arn:aws:iam::123456789012:user/shop-frontend"), ""},
		"a user in that path":           {iam("arn:aws:iam::123456789012:user/assumed-role/shop-frontend/x"), ""},
		"a federated user":              {iam("arn:aws:sts::123456789012:federated-user/shop-frontend"), ""},
		"the account's root":            {iam("arn:aws:iam::123456789012:root"), ""},
		"another partition":             {iam("arn:gcp:sts::123456789012:assumed-role/shop-frontend/x"), ""},
		"a malformed partition":         {iam("arn:aws-:sts::123456789012:assumed-role/shop-frontend/x"), ""},
		"a region":                      {iam("arn:aws:sts:eu-central-1:123456789012:assumed-role/shop-frontend/x"), ""},
		"a client's id from IAM":        {iam("abc123"), ""},
		"the client":                    {httpapi.Caller{ID: "abc123"}, "intranet"},
		"another client":                {httpapi.Caller{ID: "abc1234"}, ""},
		"the client in upper case":      {httpapi.Caller{ID: "ABC123"}, ""},
		"a client named like the role":  {httpapi.Caller{ID: "arn:aws:sts::123456789012:assumed-role/shop-frontend/x"}, ""},
		"no caller":                     {httpapi.Caller{}, ""},
	}
	p := policy(t)
	for name, tt := range tests {
		found, err := p.FrontEnd(tt.caller, nil)
		if found.Name() != tt.want {
			t.Errorf("%s: found %q, want %q", name, found.Name(), tt.want)
		}
		if refused := problem.Is(err, problem.OutsideFrontEndsLimits); refused != (tt.want == "") {
			t.Errorf("%s: %v", name, err)
		} else if refused && problem.From(err).Rule != Unlisted {
			t.Errorf("%s: the rule is %q", name, problem.From(err).Rule)
		}
	}
}

func TestUnlistedCallersMayBeAllowed(t *testing.T) {
	p, err := Parse(strings.Replace(whole, "refuse", "allow", 1), deployment)
	if err != nil {
		t.Fatal(err)
	}
	f, err := p.FrontEnd(httpapi.Caller{ID: "somebody"}, nil)
	if err != nil || f.Connections() != nil || f.CheckAppMetadata() != nil || f.CheckConnection("any") != nil || f.CheckRedirectURI("any") != nil {
		t.Errorf("%+v, %v", f, err)
	}
}

// The caller chooses the session name: it must never change the role, and no other text is a role.
func FuzzRole(f *testing.F) {
	f.Add("i-0abc", "arn:aws:sts::123456789012:assumed-role/shop-frontend/x")
	f.Add("a/b/assumed-role/other/x", "arn:aws:iam::123456789012:user/a/b")
	f.Add("\n", "")
	f.Fuzz(func(t *testing.T, session, text string) {
		if session != "" {
			found, ok := roleOf(httpapi.Caller{Account: account, ID: "arn:aws:sts::" + account + ":assumed-role/shop-frontend/" + session})
			if !ok || found != (role{account, "shop-frontend"}) {
				t.Errorf("session %q: %+v", session, found)
			}
		}
		found, ok := roleOf(httpapi.Caller{Account: account, ID: text})
		if ok && !strings.Contains(text, ":sts::"+found.account+":assumed-role/"+found.name+"/") || !ok && found != (role{}) {
			t.Errorf("%q is %+v, %v", text, found, ok)
		}
		if _, ok := roleOf(httpapi.Caller{ID: text}); ok {
			t.Errorf("a client named %q is a role", text)
		}
		if _, ok := clientOf(httpapi.Caller{Account: account, ID: text}); ok {
			t.Errorf("%q is a client", text)
		}
	})
}
