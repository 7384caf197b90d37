// Package envfile reads a tenant's settings from a file of NAME=value lines, for commands on a
// developer's machine.
package envfile

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/joho/godotenv"

	"usher/internal/config"
	"usher/internal/quota"
	"usher/internal/secrets"
)

// File holds the values of a file by name.
type File map[string]string

// Read reads a file. Its error never quotes the file, which contains a secret.
func Read(path string) (File, error) {
	text, err := os.ReadFile(path)
	var unreadable *os.PathError
	if errors.As(err, &unreadable) {
		return nil, unreadable.Err
	}
	if err != nil {
		return nil, err
	}
	file, err := godotenv.UnmarshalBytes(bytes.TrimPrefix(text, []byte("\ufeff"))) // a byte order mark
	if err != nil {
		return nil, errors.New("the file must consist of NAME=value lines")
	}
	return file, nil
}

// known lists the names that are used. Lists have a second name with an S, as in the
// functions' environment.
var known = []string{
	"DOMAIN", "CLIENT_ID", "CLIENT_SECRET", "MANAGEMENT_CLIENT_ID", "MANAGEMENT_CLIENT_SECRET", "AUDIENCE",
	"MANAGEMENT_AUDIENCE", "CONNECTION", "REDIRECT_URI", "REDIRECT_URIS", "POST_LOGOUT_REDIRECT_URI",
	"POST_LOGOUT_REDIRECT_URIS", "RESULT_URL", "RESULT_URLS", "SCOPES", "LOGIN_BINDING", "AUTH0_PLAN",
}

// Unknown returns the names that are not used, sorted. Callers should report them, because
// they may be misspelled.
func (f File) Unknown() (names []string) {
	for _, name := range slices.Sorted(maps.Keys(f)) {
		if !slices.Contains(known, name) {
			names = append(names, name)
		}
	}
	return names
}

// list returns the value of name and the comma-separated values of name with an S.
func (f File) list(name string) []string {
	var all []string
	for _, part := range append([]string{f[name]}, strings.Split(f[name+"S"], ",")...) {
		if part = strings.TrimSpace(part); part != "" {
			all = append(all, part)
		}
	}
	return all
}

// Settings is the configuration and the credentials from a file.
type Settings struct {
	Config      config.Config
	Credentials secrets.Credentials
}

// Settings converts the file to settings. redirectURI is the default redirect URI. getenv
// provides the defaults for SCOPES, LOGIN_BINDING and AUTH0_PLAN. The error lists all faults; the valid
// settings are returned with it.
func (f File) Settings(redirectURI string, getenv func(string) string) (Settings, error) {
	lookup := func(name string) string { return cmp.Or(f[name], getenv(name)) }
	s := Settings{
		Config: config.Config{
			Connection:         cmp.Or(f["CONNECTION"], config.DefaultConnection),
			RedirectURIs:       f.list("REDIRECT_URI"),
			LogoutURIs:         f.list("POST_LOGOUT_REDIRECT_URI"),
			ResultURLs:         f.list("RESULT_URL"),
			Audience:           f["AUDIENCE"],
			ManagementAudience: f["MANAGEMENT_AUDIENCE"],
		},
		Credentials: secrets.Credentials{
			Domain: f["DOMAIN"], ClientID: f["CLIENT_ID"], ClientSecret: f["CLIENT_SECRET"],
			ManagementClientID: f["MANAGEMENT_CLIENT_ID"], ManagementClientSecret: f["MANAGEMENT_CLIENT_SECRET"],
		},
	}
	if len(s.Config.RedirectURIs) == 0 {
		s.Config.RedirectURIs = []string{redirectURI}
	}
	Complete(&s.Config, lookup)
	plan, err := quota.Parse(lookup("AUTH0_PLAN"))
	if err != nil {
		err = fmt.Errorf("AUTH0_PLAN: %w", err)
	}
	s.Config.Plan = plan
	return s, errors.Join(err, f.missing(), s.completeCredentials(), s.Config.Validate())
}

// completeCredentials sets the default management credentials and checks the domain. It
// ignores missing values, which missing reports.
func (s *Settings) completeCredentials() error {
	c := s.Credentials
	if c.Domain == "" || c.ClientID == "" || c.ClientSecret == "" ||
		(c.ManagementClientID == "") != (c.ManagementClientSecret == "") {
		return nil
	}
	// Complete accepts http for a tenant on this machine.
	if scheme, _, given := strings.Cut(c.Domain, "://"); given && scheme != "http" {
		return errors.New("DOMAIN must be a host name without a scheme, or an http URL on this machine")
	}
	completed, err := c.Complete(false)
	if err != nil {
		return fmt.Errorf("DOMAIN: %w", err)
	}
	s.Credentials = completed
	return nil
}

// Complete sets the scopes, the binding and the log level from lookup or their defaults.
func Complete(c *config.Config, lookup func(string) string) {
	c.Scopes = strings.Fields(cmp.Or(lookup("SCOPES"), config.DefaultScopes))
	c.Binding = cmp.Or(lookup("LOGIN_BINDING"), config.BindingCookie)
	c.LogLevel = slog.LevelInfo
}

// missing returns an error that lists the missing names. The two names of the management
// application are optional, but only together.
func (f File) missing() error {
	required := []string{"DOMAIN", "CLIENT_ID", "CLIENT_SECRET"}
	if f["MANAGEMENT_CLIENT_ID"] != "" || f["MANAGEMENT_CLIENT_SECRET"] != "" {
		required = append(required, "MANAGEMENT_CLIENT_ID", "MANAGEMENT_CLIENT_SECRET")
	}
	var absent []string
	for _, name := range required {
		if f[name] == "" {
			absent = append(absent, name)
		}
	}
	if len(absent) == 0 {
		return nil
	}
	return errors.New("missing: " + strings.Join(absent, ", "))
}
