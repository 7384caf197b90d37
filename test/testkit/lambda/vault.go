package lambda

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"sync/atomic"

	"usher/localtenant"
)

// Vault is a Secrets Manager with one secret, for processes too many for moto.
type Vault struct {
	server *httptest.Server
	secret atomic.Pointer[string]
	reads  atomic.Int64
}

// Secret returns the secret of a local tenant's application at a URL or host.
func Secret(domain, clientSecret string) string {
	return fmt.Sprintf(`{"domain":%q,"client_id":%q,"client_secret":%q}`, domain, localtenant.ClientID, clientSecret)
}

// NewVault serves a Secrets Manager on loopback. Every secret ID names this secret.
func NewVault(secret string) *Vault {
	v := &Vault{}
	v.Set(secret)
	v.server = httptest.NewServer(http.HandlerFunc(v.serve))
	return v
}

func (v *Vault) serve(w http.ResponseWriter, r *http.Request) {
	_, _ = io.Copy(io.Discard, r.Body)
	w.Header().Set("Content-Type", "application/x-amz-json-1.1")
	if r.Header.Get("X-Amz-Target") != "secretsmanager.GetSecretValue" {
		w.WriteHeader(http.StatusBadRequest)
		_, _ = io.WriteString(w, `{"__type":"AccessDeniedException"}`)
		return
	}
	v.reads.Add(1)
	_ = json.NewEncoder(w).Encode(map[string]string{"SecretString": *v.secret.Load()})
}

// Set changes the secret.
func (v *Vault) Set(secret string) { v.secret.Store(&secret) }

// Reads returns the number of reads of the secret.
func (v *Vault) Reads() int64 { return v.reads.Load() }

// Close ends the Secrets Manager.
func (v *Vault) Close() { v.server.Close() }

// Env returns the environment variables with which a function uses this Secrets Manager.
func (v *Vault) Env() map[string]string {
	return map[string]string{
		"AWS_ENDPOINT_URL_SECRETS_MANAGER": v.server.URL,
		"AWS_REGION":                       "eu-central-1",
		"AWS_ACCESS_KEY_ID":                "test",
		"AWS_SECRET_ACCESS_KEY":            "test",
		"SECRET_ID":                        "usher/auth",
	}
}
