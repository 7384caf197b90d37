package localtenant_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"usher/localtenant"
	"usher/localtenant/tenanttest"
)

// An Action has to be deployed, and bound to its flow, before it runs.
func TestTheMFAActionsStages(t *testing.T) {
	tests := map[localtenant.MFAAction]struct {
		actions, deployed, bound int
		page                     string // that a sign-in with a second factor asked for leads to
	}{
		localtenant.MFAActionNone:     {0, 0, 0, callback},
		localtenant.MFAActionDraft:    {1, 0, 0, callback},
		localtenant.MFAActionDeployed: {1, 1, 0, callback},
		localtenant.MFAActionBound:    {1, 1, 1, "/u/mfa-otp-enrollment"},
	}
	for stage, tt := range tests {
		t.Run(string(stage), func(t *testing.T) {
			s := tenanttest.Start(t)
			configure(t, s, func(c *localtenant.Settings) { c.MFAAction = stage })
			a := newAPI(t, s)
			for path, want := range map[string]int{
				"/actions?actionName=require-mfa":               tt.actions,
				"/actions?actionName=another":                   0,
				"/actions?triggerId=post-login":                 tt.actions,
				"/actions?triggerId=pre-user-registration":      0,
				"/actions?deployed=true":                        tt.deployed,
				"/triggers/post-login/bindings":                 tt.bound,
				"/triggers/pre-user-registration/bindings":      0,
				"/triggers/post-login/bindings?page=1":          tt.bound, // in all, and none on that page
				"/actions?actionName=require-mfa&per_page=1":    tt.actions,
				"/actions?actionName=require-mfa&deployed=true": tt.deployed,
			} {
				got := a.obj("GET", "/api/v2/actions"+path, nil, 200)
				if got["total"] != float64(want) {
					t.Errorf("%s: %v, want %d", path, got, want)
				}
			}
			b := newBrowser(t, s)
			p := b.get(authorizeURL(s, map[string]string{"acr_values": acrMFA}))
			p = b.submit(p, url.Values{"username": {"ada@example.com"}, "password": {localtenant.SamplePassword}})
			if !strings.Contains(p.url+p.location, tt.page) {
				t.Errorf("the sign-in leads to %s %s, want %s", p.url, p.location, tt.page)
			}
		})
	}
}

func TestGuardianFactors(t *testing.T) {
	s := tenanttest.Start(t)
	configure(t, s, func(c *localtenant.Settings) { c.Factors = []string{"sms"} })
	for _, f := range newAPI(t, s).list("/api/v2/guardian/factors") {
		if f["enabled"] != (f["name"] == "sms") {
			t.Errorf("%v", f)
		}
	}
}

func TestActionSettingsThatMeanNothing(t *testing.T) {
	s := tenanttest.Start(t)
	for _, change := range []func(*localtenant.Settings){
		func(c *localtenant.Settings) { c.MFAAction = "almost" },
		func(c *localtenant.Settings) { c.Factors = []string{"otp", "pigeon"} },
	} {
		if err := s.Tenant.Configure(change); err == nil {
			t.Error("taken")
		}
	}
	if got := fmt.Sprint(s.Tenant.Settings().MFAAction, " ", s.Tenant.Settings().Factors); got != "bound [otp recovery-code]" {
		t.Error(got)
	}
}

// An API that allows no offline access gives no refresh tokens.
func TestOfflineAccessOfAnAPI(t *testing.T) {
	const audience = "https://api.example.com/"
	for _, allowed := range []bool{true, false} {
		s := tenanttest.Start(t, func(o *localtenant.Options) { o.Audiences = []string{audience} })
		configure(t, s, func(c *localtenant.Settings) { c.NoOfflineAccess = !allowed })
		a := newAPI(t, s)
		if got := a.obj("GET", "/api/v2/resource-servers/"+escape(audience), nil, 200); got["allow_offline_access"] != allowed || got["identifier"] != audience {
			t.Errorf("%v", got)
		}
		a.obj("GET", "/api/v2/resource-servers/"+escape("https://other.example.com/"), nil, 404)
		code := newBrowser(t, s).signIn(s, "ada@example.com", localtenant.SamplePassword, map[string]string{"audience": audience}).Get("code")
		_, tokens := redeem(t, s, code, nil)
		if _, got := tokens["refresh_token"]; got != allowed {
			t.Errorf("allowed %t: %v", allowed, tokens)
		}
	}
}
