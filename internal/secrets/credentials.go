package secrets

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"usher/internal/loopback"
)

// Credentials holds the credentials of the two applications at the provider: one for
// sign-ins, one for the Management API. Both can be the same application.
type Credentials struct {
	Domain                 string `json:"domain"` // host or host:port; "http://host:port" only for a local tenant
	ClientID               string `json:"client_id"`
	ClientSecret           string `json:"client_secret"`
	ManagementClientID     string `json:"management_client_id"`
	ManagementClientSecret string `json:"management_client_secret"`
}

// Parse parses a secret's JSON. Its error lists all faults and never quotes the secret.
// plainHTTP allows plain http beyond loopback, for containers on a developer's machine.
func Parse(text string, plainHTTP bool) (Credentials, error) {
	var c Credentials
	if err := json.Unmarshal([]byte(text), &c); err != nil {
		return Credentials{}, errors.New("the secret is not a JSON object of strings") // err may quote the secret
	}
	return c.Complete(plainHTTP)
}

// Complete validates the credentials like Parse. If the management credentials are absent, it
// sets them to the sign-in application's.
func (c Credentials) Complete(plainHTTP bool) (Credentials, error) {
	if err := c.validate(plainHTTP); err != nil {
		return Credentials{}, err
	}
	if c.ManagementClientID == "" {
		c.ManagementClientID, c.ManagementClientSecret = c.ClientID, c.ClientSecret
	}
	return c, nil
}

func (c Credentials) validate(plainHTTP bool) error {
	var wrong []error
	for _, member := range []struct{ name, value string }{
		{"domain", c.Domain}, {"client_id", c.ClientID}, {"client_secret", c.ClientSecret},
	} {
		if member.value == "" {
			wrong = append(wrong, fmt.Errorf("the secret lacks %q", member.name))
		}
	}
	if (c.ManagementClientID == "") != (c.ManagementClientSecret == "") {
		wrong = append(wrong, errors.New(`the secret has only one of "management_client_id" and "management_client_secret"`))
	}
	if c.Domain != "" {
		wrong = append(wrong, checkDomain(c.Domain, plainHTTP))
	}
	return errors.Join(wrong...)
}

// BaseURL returns the provider's URL without a trailing slash.
func (c Credentials) BaseURL() string {
	if strings.HasPrefix(c.Domain, "http://") {
		return strings.TrimSuffix(c.Domain, "/")
	}
	return "https://" + c.Domain
}

// checkDomain rejects domains that could send the secret to the wrong place: with a path or
// a user, or with plain http to another machine.
func checkDomain(domain string, plainHTTP bool) error {
	host, insecure := strings.CutPrefix(domain, "http://")
	if insecure {
		host = strings.TrimSuffix(host, "/")
	}
	u, err := url.Parse("https://" + host)
	if err != nil || u.Host != host || u.Hostname() == "" || strings.ContainsAny(host, " @/?#\\") {
		return errors.New(`the "domain" is not a host name such as tenant.example.com, without a scheme, a path or a slash`)
	}
	if insecure && !plainHTTP && !loopback.Is(u.Hostname()) {
		return errors.New(`the "domain" asks for plain http, which is for a tenant on this machine only`)
	}
	return nil
}

// String returns the domain without any secret, for all printing verbs.
func (c Credentials) String() string { return "credentials for " + c.Domain }

// SameApplications reports whether both have the same domain and the same applications. It
// ignores the secrets.
func (c Credentials) SameApplications(other Credentials) bool {
	return c.Domain == other.Domain && c.ClientID == other.ClientID && c.ManagementClientID == other.ManagementClientID
}

// ShownID returns a client ID for an error message. It truncates a text that is longer than
// the provider's IDs, because it may be a secret in the wrong field.
func ShownID(clientID string) string {
	const longest, shown = 32, 4
	if len(clientID) <= longest {
		return clientID
	}
	return clientID[:shown] + "…"
}

// GoString returns String, for %#v.
func (c Credentials) GoString() string { return c.String() }

// MarshalJSON encodes String, so that encoders and log handlers never write the secrets.
func (c Credentials) MarshalJSON() ([]byte, error) { return json.Marshal(c.String()) }
