// Package envfile reads which tenant to use from a file of NAME=value lines, as
// the proof of concept's .env was: for commands on a developer's machine.
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
	"usher/internal/secrets"
)

// File is what a file says, by name.
type File map[string]string

// Read reads a file. Its error does not quote it: it holds a secret.
func Read(path string) (File, error) {
	text, err := os.ReadFile(path)
	var unreadable *os.PathError
	if errors.As(err, &unreadable) {
		return nil, unreadable.Err
	}
	if err != nil {
		return nil, err
	}
	file, err := godotenv.UnmarshalBytes(bytes.TrimPrefix(text, []byte("\ufeff"))) // with which some editors begin
	if err != nil {
		return nil, errors.New("it is not made of NAME=value lines")
	}
	return file, nil
}

// known are the names that mean something. Where there may be several of a kind, the
// functions' name, with an S, is known as well.
var known = []string{
	"DOMAIN", "CLIENT_ID", "CLIENT_SECRET", "MANAGEMENT_CLIENT_ID", "MANAGEMENT_CLIENT_SECRET", "AUDIENCE", "MANAGEMENT_AUDIENCE", "CONNECTION",
	"REDIRECT_URI", "REDIRECT_URIS", "POST_LOGOUT_REDIRECT_URI", "POST_LOGOUT_REDIRECT_URIS", "RESULT_URL", "RESULT_URLS", "SCOPES", "LOGIN_BINDING",
}

// Unknown are the names that mean nothing here: another program's, or misspelt ones,
// which must not be dropped silently.
func (f File) Unknown() (names []string) {
	for _, name := range slices.Sorted(maps.Keys(f)) {
		if !slices.Contains(known, name) {
			names = append(names, name)
		}
	}
	return names
}

// list is what there is of a kind: the one, and those with commas between them.
func (f File) list(name string) []string {
	var all []string
	for _, part := range append([]string{f[name]}, strings.Split(f[name+"S"], ",")...) {
		if part = strings.TrimSpace(part); part != "" {
			all = append(all, part)
		}
	}
	return all
}

// Settings are what a file amounts to.
type Settings struct {
	Config      config.Config
	Credentials secrets.Credentials
}

// Settings makes settings of the file. What may be left out of it is the redirect
// URI, and what the environment may hold as well. The error lists all that is
// wrong; what is right is returned with it.
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
	return s, errors.Join(f.missing(), s.completeCredentials(), s.Config.Validate())
}

// completeCredentials fills in what may be left out, and checks the domain.
func (s *Settings) completeCredentials() error {
	c := s.Credentials
	if c.Domain == "" || c.ClientID == "" || c.ClientSecret == "" || (c.ManagementClientID == "") != (c.ManagementClientSecret == "") {
		return nil // missing says so
	}
	// Plain http is left to Complete, which takes it for a tenant on this machine.
	if scheme, _, given := strings.Cut(c.Domain, "://"); given && scheme != "http" {
		return errors.New("DOMAIN is a host name without a scheme; https is used, but for a tenant on this machine")
	}
	whole, err := c.Complete(false)
	if err != nil {
		return fmt.Errorf("DOMAIN: %w", err)
	}
	s.Credentials = whole
	return nil
}

// Complete adds what the process's environment may say, file or not.
func Complete(c *config.Config, lookup func(string) string) {
	c.Scopes = strings.Fields(cmp.Or(lookup("SCOPES"), config.DefaultScopes))
	c.Binding = cmp.Or(lookup("LOGIN_BINDING"), config.BindingCookie)
	c.LogLevel = slog.LevelInfo
}

// missing names what there has to be. Of the two names of a second application there
// may be none, or both.
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
