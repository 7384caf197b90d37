package secrets

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"usher/internal/loopback"
)

// Credentials are those of the two applications at the provider: one signs
// users in, one manages them. They may be the same one.
type Credentials struct {
	Domain                 string `json:"domain"` // host or host:port; "http://host:port" for a local tenant only
	ClientID               string `json:"client_id"`
	ClientSecret           string `json:"client_secret"`
	ManagementClientID     string `json:"management_client_id"`
	ManagementClientSecret string `json:"management_client_secret"`
}

// Parse reads a secret's JSON and says of a wrong one, at once, all that is
// wrong with it, without quoting any of it. plainHTTP allows a domain on plain
// http beyond loopback, for containers on a developer's machine.
func Parse(text string, plainHTTP bool) (Credentials, error) {
	var c Credentials
	if err := json.Unmarshal([]byte(text), &c); err != nil {
		return Credentials{}, errors.New("the secret is not a JSON object of strings") // err would quote it
	}
	return c.Complete(plainHTTP)
}

// Complete checks the credentials as Parse does, and fills in what may be left
// out: one application may do both.
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

// BaseURL is where the provider is, without a slash at the end.
func (c Credentials) BaseURL() string {
	if strings.HasPrefix(c.Domain, "http://") {
		return strings.TrimSuffix(c.Domain, "/")
	}
	return "https://" + c.Domain
}

// checkDomain refuses what would send the secret somewhere unintended: a path,
// a user, or plain http off this machine.
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

// String names the tenant and no secret, however the credentials are printed.
func (c Credentials) String() string { return "credentials for " + c.Domain }

// SameApplications reports whether both are about one domain and the same
// applications, whatever their secrets.
func (c Credentials) SameApplications(other Credentials) bool {
	return c.Domain == other.Domain && c.ClientID == other.ClientID && c.ManagementClientID == other.ManagementClientID
}

// ShownID is a client id as it may be shown. What is longer than the provider's ids
// are may be a secret that was put in its place.
func ShownID(clientID string) string {
	const longest, shown = 32, 4
	if len(clientID) <= longest {
		return clientID
	}
	return clientID[:shown] + "…"
}

// GoString is String, for %#v.
func (c Credentials) GoString() string { return c.String() }

// MarshalJSON lets no encoder, a log's included, write the secrets.
func (c Credentials) MarshalJSON() ([]byte, error) { return json.Marshal(c.String()) }
