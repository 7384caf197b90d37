// The fuzz targets stand here and not beside the tenant's other tests: those
// link go-auth0, which takes minutes to instrument.
package tenanttest_test

import (
	"encoding/json"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	"usher/localtenant"
	"usher/localtenant/tenanttest"
)

// direct calls a tenant without a network, for fuzzing.
func direct(tenant *localtenant.Tenant, method, path, contentType, token, body string) (int, string) {
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	r.Header.Set("Content-Type", contentType)
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	w := httptest.NewRecorder()
	tenant.ServeHTTP(w, r)
	return w.Code, w.Body.String()
}

// managementToken is one for the Management API.
func managementToken(f *testing.F, s *tenanttest.Server) string {
	f.Helper()
	_, answer := direct(s.Tenant, "POST", "/oauth/token", "application/json", "", `{"grant_type":"client_credentials",
		"client_id":"usher-local","client_secret":"usher-local-secret","audience":"`+s.Tenant.Audience()+`"}`)
	var issued struct {
		Token string `json:"access_token"`
	}
	if err := json.Unmarshal([]byte(answer), &issued); err != nil || issued.Token == "" {
		f.Fatal(answer)
	}
	return issued.Token
}

// FuzzTokenEndpoint: nothing but a good request gets a token, and nothing breaks.
func FuzzTokenEndpoint(f *testing.F) {
	s := tenanttest.Start(f)
	f.Add("application/x-www-form-urlencoded", "grant_type=authorization_code&client_id=usher-local&code=x&code_verifier=y")
	f.Add("application/json", `{"grant_type":"refresh_token","client_id":"usher-local","client_secret":"x","refresh_token":"y"}`)
	f.Add("application/json", `[1]`)
	f.Fuzz(func(t *testing.T, contentType, body string) {
		if strings.Contains(body, localtenant.ClientSecret) {
			return
		}
		if got, _ := direct(s.Tenant, "POST", "/oauth/token", contentType, "", body); got == http.StatusOK || got >= 500 {
			t.Errorf("%d", got)
		}
	})
}

// FuzzImports: an import of any file ends, and its counts add up.
func FuzzImports(f *testing.F) {
	s := tenanttest.Start(f)
	token := managementToken(f, s)
	for _, file := range []string{
		"", "{", "[]", `[{"email":"ada@example.com","email_verified":true,"user_metadata":{"a":[1]}},{"email":"n@example.com","user_id":"n","username":"n"},5]`,
		`[{"email":"m@example.com","mfa_factors":[{"totp":{"secret":"JBTWY3DPEHPK3PNP"}}],"custom_password_hash":{"algorithm":"md5","hash":{"value":"00","encoding":"hex"}}}]`,
		`[{"email":"o@example.com","app_metadata":{"blocked":1}},{"email":"p@example.com","user_metadata":{"$":1}},{"email":"q@example.com","name":""}]`,
	} {
		f.Add(file, true)
		f.Add(file, false)
	}
	f.Fuzz(func(t *testing.T, file string, upsert bool) {
		var form strings.Builder
		w := multipart.NewWriter(&form)
		part, err := w.CreateFormFile("users", "users.json")
		if err != nil {
			t.Fatal(err)
		}
		_, _ = part.Write([]byte(file)) // into memory, and so are the next
		_ = w.WriteField("connection_id", "con_Local0000000001x")
		_ = w.WriteField("upsert", strconv.FormatBool(upsert))
		_ = w.Close()
		var job struct {
			ID, Status string
			Summary    *struct{ Failed, Updated, Inserted, Total int }
		}
		status, body := direct(s.Tenant, "POST", "/api/v2/jobs/users-imports", w.FormDataContentType(), token, form.String())
		if status == http.StatusRequestEntityTooLarge {
			return
		}
		if err := json.Unmarshal([]byte(body), &job); err != nil || status != http.StatusAccepted {
			t.Fatal(status, body, err)
		}
		_, body = direct(s.Tenant, "GET", "/api/v2/jobs/"+job.ID, "", token, "")
		var list []json.RawMessage
		want := "completed"
		if json.Unmarshal([]byte(file), &list) != nil || list == nil {
			want = "failed"
		}
		if err := json.Unmarshal([]byte(body), &job); err != nil || job.Status != want {
			t.Fatal(body, err)
		}
		if n := job.Summary; n != nil && n.Failed+n.Updated+n.Inserted != n.Total {
			t.Error(body)
		}
		if err := s.Tenant.Reset(); err != nil {
			t.Fatal(err)
		}
	})
}

// FuzzBodies sends each body to every route that takes one.
func FuzzBodies(f *testing.F) {
	s := tenanttest.Start(f)
	token := managementToken(f, s)
	var routes []string
	for _, r := range s.Tenant.Routes() {
		if method, path, _ := strings.Cut(r.Pattern, " "); method != "GET" && path != "/_tenant/reset" && !strings.HasSuffix(path, "/rotate-key") {
			routes = append(routes, r.Pattern)
		}
	}
	for _, body := range []string{
		`{}`, `null`, `[]`, `[{}]`, `"x"`, `{"email":null,"password":1e999}`, `{"user_id":"auth0|65e19a100000000000000001"}`,
		`{"connection":"Username-Password-Authentication","email":"f@example.com","password":"Plum-Tree-42"}`,
		`{"app_metadata":{"a":{"b":[1,null,{"c":"d"}]}}}`, `{"name":"x","description":"y"}`, `{"users":["a"],"roles":["b"],"ids":["c"]}`,
		`{"type":"totp","totp_secret":"!"}`, `{"advance":"1h"}`, `{"delay":"1ns"}`, `{"provider":"auth0","user_id":65}`, "state=x&ticket=y", "status=503&advance=1h&plan=free", "\x00\xff",
	} {
		f.Add(body)
	}
	f.Fuzz(func(t *testing.T, body string) {
		for _, pattern := range routes {
			method, path, _ := strings.Cut(pattern, " ")
			path = strings.NewReplacer("{id}", "auth0%7C65e19a100000000000000002", "{user_id}", "x", "{provider}", "auth0",
				"{authentication_method_id}", "z").Replace(path)
			for _, contentType := range []string{"application/json", "application/x-www-form-urlencoded"} {
				if got, _ := direct(s.Tenant, method, path, contentType, token, body); got >= 500 {
					t.Errorf("%s: %d for %q", pattern, got, body)
				}
			}
			if err := s.Tenant.Reset(); err != nil { // the body may have made a fault or moved the clock
				t.Fatal(err)
			}
		}
	})
}
