package config

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParseTokenRule(t *testing.T) {
	for text, want := range map[string]TokenRule{
		"":                               {},
		"client=azp; idtyp=app":          {"azp", "idtyp", "app"},
		"client=appid;idtyp=app":         {"appid", "idtyp", "app"},
		"client=cid; sub={client}":       {"cid", "sub", "{client}"},
		"client=client_id; sub={client}": {"client_id", "sub", "{client}"},
		"client=azp; preferred_username=service-account-{client}": {"azp", "preferred_username", "service-account-{client}"},
		"client=azp; sub={client}@clients":                        {"azp", "sub", "{client}@clients"},
		"client=client_id; https://example.com/kind=a=b":          {"client_id", "https://example.com/kind", "a=b"},
	} {
		got, err := ParseTokenRule(text)
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("%q: %v\n%s", text, err, diff)
		}
	}
}

func TestParseTokenRuleRefuses(t *testing.T) {
	const form, tells = "is not of the form", "does not distinguish an application from a user"
	tests := map[string]string{
		" ": form, "auth0": form, "azp": form, "client=azp": form, "client=azp;": form, "client=azp; idtyp": form, "client=azp; =app": form,
		"idtyp=app": form, "idtyp=app; client=azp": form, " client=azp; idtyp=app": form, "client=azp; idtyp=app ": form, "client=azp; idtyp=app;": form,
		"client=azp; idtyp=app; sub={client}": form, "client=azp idtyp=app": form, "client=azp;  idtyp=app": form, "client=azp;\tidtyp=app": form,
		"client=azp\n; idtyp=app": form, "client=azp; idtyp=app\n": form, "client=azp; idtyp=an app": form, "Client=azp; idtyp=app": form,
		"client =azp; idtyp=app": form, "client=azp,client_id; idtyp=app": form, "client=azp; idtyp=äpp": form, `{"client":"azp"}`: form,

		"client=sub; idtyp=app": "which is not one of", "client=AZP; idtyp=app": "which is not one of", "client=email; idtyp=app": "which is not one of",

		"client=azp; idtyp=": "idtyp is empty", "client=cid; sub=": "sub is empty",
		"client=cid; sub={Client}": "brace", "client=cid; sub={client": "brace", "client=cid; sub={{client}}": "brace", "client=cid; sub={client}{sub}": "brace",
		"client=cid; sub=0oa1":                    "sub must be compared",
		"client=azp; gty=client-credentials":      "gty is not a sufficient proof",
		"client=azp; preferred_username={client}": "users choose", "client=azp; preferred_username=service-account-shop": "users choose",
		"client=azp; Preferred_Username=x{client}": "users choose", "client=azp; preferred_username=service-account-{client}x": "users choose",
	}
	for _, always := range []string{"iss", "aud", "ISS", "Aud", "typ", "jti", "ver", "tid", "token_use", "acr", "exp"} {
		tests["client=azp; "+always+"=x"] = "is the same in any token"
		tests["client=azp; "+always+"={client}"] = "is the same in any token"
	}
	for _, names := range []string{"client_id", "azp", "cid", "appid"} {
		for _, claim := range []string{"client_id", "azp", "cid", "appid", "AZP"} {
			tests["client="+names+"; "+claim+"={client}"] = "names the client in any token"
			tests["client="+names+"; "+claim+"=x"] = "names the client in any token"
		}
	}
	for _, chosen := range []string{"scope", "scp", "roles", "permissions", "nonce", "name", "nickname", "email", "username", "upn", "Scope", "phone_number"} {
		tests["client=azp; "+chosen+"={client}"] = "can be chosen"
		tests["client=azp; "+chosen+"=usher:manage"] = "can be chosen"
	}
	for text, want := range tests {
		got, err := ParseTokenRule(text)
		if err == nil || got != (TokenRule{}) || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %+v, %v; want %q", text, got, err, want)
		}
		if err != nil && !strings.Contains(err.Error(), form) && !strings.Contains(err.Error(), tells) && want != "which is not one of" {
			t.Errorf("%q: %v", text, err)
		}
	}
}
