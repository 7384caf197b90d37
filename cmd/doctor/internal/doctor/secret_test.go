package doctor

import (
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"usher/internal/secrets/secretstest"
	"usher/localtenant"
)

// text is the clinic's credentials as a secret holds them, with some changed.
func (c *clinic) text(t *testing.T, changed map[string]string) string {
	t.Helper()
	p := c.patient.Credentials
	members := map[string]string{
		"domain": p.Domain, "client_id": p.ClientID, "client_secret": p.ClientSecret,
		"management_client_id": p.ManagementClientID, "management_client_secret": p.ManagementClientSecret,
	}
	for name, value := range changed {
		members[name] = value
		if value == "" {
			delete(members, name)
		}
	}
	b, err := json.Marshal(members)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestTheSecret(t *testing.T) {
	tests := map[string]struct {
		changed map[string]string
		text    string // in place of the credentials
		outcome Outcome
		says    string
		advice  string
	}{
		"is right":          {outcome: OK, says: "one application signs users in, another one manages them"},
		"has one of two":    {changed: map[string]string{"management_client_id": ""}, outcome: Wrong, says: "only one of", advice: someAdvice},
		"lacks a member":    {changed: map[string]string{"client_id": ""}, outcome: Wrong, says: `lacks "client_id"`, advice: someAdvice},
		"lacks two members": {changed: map[string]string{"client_id": "", "domain": ""}, outcome: Wrong, says: `lacks "domain"; the secret lacks "client_id"`, advice: someAdvice},
		"is not JSON":       {text: "client_secret=s3cr3t", outcome: Wrong, says: "not a JSON object", advice: someAdvice},
		"has a URL":         {changed: map[string]string{"domain": "https://tenant.example.com/x"}, outcome: Wrong, says: "not a host name", advice: someAdvice},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			c := open(t)
			text := tt.text
			if text == "" {
				text = c.text(t, tt.changed)
			}
			secretstest.Start(t, text, time.Now)
			c.patient.SecretID = "usher/test"
			results := Examine(t.Context(), c.patient, c.with)
			r := resultOf(t, results, "secret")
			if r.Outcome != tt.outcome || !strings.Contains(r.Finding, tt.says) || !strings.Contains(r.Advice, tt.advice) || strings.Contains(r.Finding, "s3cr3t") {
				t.Errorf("%+v, want %s that says %q", r, tt.outcome, tt.says)
			}
			if tt.outcome == OK {
				compareOutcomes(t, results, map[string]Outcome{"secret": OK, "secret-versions": OK})
			} else if d := resultOf(t, results, "domain"); d.Outcome != NotChecked || len(c.tenant.Tenant.Stats().Routes) > 0 {
				t.Errorf("%+v; the tenant was asked %v", d, c.tenant.Tenant.Stats().Routes)
			}
		})
	}
}

func TestWhiteSpaceInTheSecret(t *testing.T) {
	c := open(t)
	secretstest.Start(t, c.text(t, map[string]string{"client_secret": webSecret + "\n", "management_client_id": " " + localtenant.ClientID}), time.Now)
	c.patient.SecretID = "usher/test"
	if r := resultOf(t, Examine(t.Context(), c.patient, c.with), "secret"); r.Outcome != Wrong || !strings.Contains(r.Finding, "around client_secret, management_client_id") {
		t.Errorf("%+v", r)
	}
}

// Rights that are missing are told apart.
func TestNoAccessToTheSecret(t *testing.T) {
	tests := map[string]struct {
		code, message string
		says, advice  string
	}{
		"no right to read":    {"AccessDeniedException", "User: arn:aws:iam::1:user/x is not authorized to perform: secretsmanager:GetSecretValue", "AccessDeniedException", "secretsmanager:GetSecretValue"},
		"no right to the key": {"AccessDeniedException", "Access to KMS is not allowed", "may not decrypt", "kms:Decrypt"},
		"a key that is gone":  {"DecryptionFailure", "m", "may not decrypt", "kms:Decrypt"},
		"no such secret":      {"ResourceNotFoundException", "Secrets Manager can't find the specified secret.", "usher/test", "ARN"},
		"no such key pair":    {"UnrecognizedClientException", "m", "(UnrecognizedClientException)", "AWS_PROFILE"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			c := open(t)
			secretstest.Start(t, "", time.Now) // for the environment
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", "application/x-amz-json-1.1")
				w.WriteHeader(http.StatusBadRequest)
				_, _ = io.WriteString(w, `{"__type":"`+tt.code+`","message":"`+tt.message+`"}`)
			}))
			t.Cleanup(server.Close)
			t.Setenv("AWS_ENDPOINT_URL_SECRETS_MANAGER", server.URL)
			c.patient.SecretID = "usher/test"
			results := Examine(t.Context(), c.patient, c.with)
			compareOutcomes(t, results, and(all(NotChecked, ofAsker, ofReach, []string{"domain"}), "secret", Wrong))
			if r := resultOf(t, results, "secret"); !strings.Contains(r.Finding, tt.says) || !strings.Contains(r.Advice, tt.advice) {
				t.Errorf("%+v", r)
			}
		})
	}
}

// versions are the texts of a secret by staging label. One text is one version.
type versions map[string]string

// described is what Secrets Manager says of them.
func (v versions) described() map[string]any {
	stages := map[string][]string{}
	for stage, text := range v {
		stages[text] = append(stages[text], stage)
	}
	return map[string]any{"RotationEnabled": true, "VersionIdsToStages": stages}
}

// serve plays Secrets Manager with exactly these versions.
func (v versions) serve(t *testing.T) {
	t.Helper()
	secretstest.Start(t, "", time.Now) // for the environment
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var in struct{ VersionStage string }
		_ = json.NewDecoder(r.Body).Decode(&in)
		text, ok := v[in.VersionStage]
		w.Header().Set("Content-Type", "application/x-amz-json-1.1")
		if r.Header.Get("X-Amz-Target") == "secretsmanager.DescribeSecret" {
			_ = json.NewEncoder(w).Encode(v.described())
			return
		}
		if !ok || r.Header.Get("X-Amz-Target") != "secretsmanager.GetSecretValue" {
			w.WriteHeader(http.StatusBadRequest)
			_, _ = io.WriteString(w, `{"__type":"ResourceNotFoundException","message":"m"}`)
			return
		}
		_ = json.NewEncoder(w).Encode(map[string]any{"SecretString": text, "CreatedDate": time.Now().Unix()})
	}))
	t.Cleanup(server.Close)
	t.Setenv("AWS_ENDPOINT_URL_SECRETS_MANAGER", server.URL)
}

// A rotation that has begun, and got no further, leaves a version without a value.
func TestARotationThatStoppedAtItsFirstStep(t *testing.T) {
	c := open(t)
	c.patient.SecretID = "usher/test"
	vault := secretstest.Start(t, c.text(t, nil), time.Now)
	vault.BeginRotation()
	if r := resultOf(t, Examine(t.Context(), c.patient, c.with), "secret-versions"); r.Outcome != Warning || !strings.Contains(r.Finding, "without a value") || !strings.Contains(r.Advice, "docs/keys.md") {
		t.Errorf("%+v", r)
	}
	refusing := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("X-Amz-Target") == "secretsmanager.GetSecretValue" {
			vault.ServeHTTP(w, r)
			return
		}
		w.WriteHeader(http.StatusBadRequest)
		_, _ = io.WriteString(w, `{"__type":"AccessDeniedException","message":"m"}`)
	}))
	t.Cleanup(refusing.Close)
	t.Setenv("AWS_ENDPOINT_URL_SECRETS_MANAGER", refusing.URL)
	if r := resultOf(t, Examine(t.Context(), c.patient, c.with), "secret-versions"); r.Outcome != NotChecked || !strings.Contains(r.Finding, "cannot be described") || !strings.Contains(r.Advice, "secretsmanager:DescribeSecret") {
		t.Errorf("%+v", r)
	}
}

// Where AWSPENDING could not be read, nothing is said of what it holds.
func TestAVersionThatCannotBeRead(t *testing.T) {
	c := open(t)
	c.patient.SecretID = "usher/test"
	vault := secretstest.Start(t, c.text(t, nil), time.Now)
	busy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		if !strings.Contains(string(body), pending) {
			r.Body = io.NopCloser(strings.NewReader(string(body)))
			vault.ServeHTTP(w, r)
			return
		}
		w.WriteHeader(http.StatusBadRequest)
		_, _ = io.WriteString(w, `{"__type":"AccessDeniedException","message":"Access to KMS is not allowed"}`)
	}))
	t.Cleanup(busy.Close)
	t.Setenv("AWS_ENDPOINT_URL_SECRETS_MANAGER", busy.URL)
	if r := resultOf(t, Examine(t.Context(), c.patient, c.with), "secret-versions"); r.Outcome != Warning || !strings.Contains(r.Finding, "could not be read: the caller may not decrypt") || !strings.Contains(r.Advice, "kms:Decrypt") {
		t.Errorf("%+v", r)
	}
}

// stranger is the URL of a host that no request may come to.
func stranger(t *testing.T) string {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		t.Errorf("a stranger was sent %s %s", r.Method, r.URL.Path)
	}))
	t.Cleanup(s.Close)
	return s.URL
}

func merged(a, b map[string]Outcome) map[string]Outcome {
	maps.Copy(a, b)
	return a
}

func TestVersionsOfTheSecret(t *testing.T) {
	const management, signIn = "management_client_secret", "client_secret"
	stale := map[string]string{management: "another-secret", signIn: "yet-another-one"}
	moved := map[string]string{"domain": "elsewhere.example.com"}
	refusedOnes := map[string]Outcome{"management-credentials": Wrong, "sign-in-credentials": Wrong, "management-audience": NotChecked, "grant-types": NotChecked}
	tests := map[string]struct {
		current, pending, previous map[string]string // nil: there is none; else what is changed
		want                       map[string]Outcome
		id, says                   string
	}{
		"one alone":              {map[string]string{}, nil, nil, nil, "secret-versions", "no rotation is under way"},
		"a rotation that ended":  {map[string]string{}, map[string]string{}, stale, nil, "secret-versions", "no rotation is under way"},
		"pending and refused":    {map[string]string{}, stale, nil, map[string]Outcome{"secret-versions": Warning}, "secret-versions", "the tenant refuses it"},
		"pending and unreadable": {map[string]string{}, map[string]string{"domain": ""}, nil, map[string]Outcome{"secret-versions": Warning}, "secret-versions", "cannot be used"},
		"pending and taken": {stale, map[string]string{}, nil,
			map[string]Outcome{"secret-versions": Warning, "management-credentials": Warning, "sign-in-credentials": Warning, "grant-types": NotChecked},
			"management-credentials", "in AWSCURRENT, and takes those in AWSPENDING"},
		"previous and taken": {stale, nil, map[string]string{},
			map[string]Outcome{"secret-versions": Warning, "management-credentials": Wrong, "sign-in-credentials": Wrong, "grant-types": NotChecked},
			"secret-versions", "AWSPREVIOUS in place of AWSCURRENT"},
		"pending and of another tenant": {map[string]string{}, moved, nil, map[string]Outcome{"secret-versions": Warning}, "secret-versions", "about another domain or application"},
		"pending and of another application": {map[string]string{}, map[string]string{"client_id": "another"}, nil,
			map[string]Outcome{"secret-versions": Warning}, "secret-versions", "about another domain or application"},
		"previous and of another tenant": {map[string]string{}, nil, moved, nil, "secret-versions", "no rotation is under way"},
		"refused, and the previous of another tenant": {stale, nil, moved,
			merged(all(NotChecked, ofToken), refusedOnes), "secret-versions", "AWSPREVIOUS, which is about another domain or application, is never tried"},
		"half of the pending one is taken": {map[string]string{management: "another-secret"}, map[string]string{signIn: "yet-another-one"}, nil,
			map[string]Outcome{"secret-versions": Warning, "management-credentials": Warning, "grant-types": NotChecked}, "secret-versions", "the tenant refuses it"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			c, stored := open(t), versions{}
			for stage, changed := range map[string]map[string]string{currentStage: tt.current, pending: tt.pending, previous: tt.previous} {
				if changed != nil {
					stored[stage] = c.text(t, changed)
				}
			}
			stored.serve(t)
			c.hosts["elsewhere.example.com"] = stranger(t)
			c.patient.SecretID = "usher/test"
			results := Examine(t.Context(), c.patient, c.with)
			want := map[string]Outcome{"secret": OK, "secret-versions": OK}
			for id, o := range tt.want {
				want[id] = o
			}
			compareOutcomes(t, results, want)
			if r := resultOf(t, results, tt.id); !strings.Contains(r.Finding, tt.says) {
				t.Errorf("%+v", r)
			}
		})
	}
}
