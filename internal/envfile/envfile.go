// Package envfile reads which tenant to use from a file of NAME=value lines, as
// the proof of concept's .env was: for commands on a developer's machine.
package envfile

import (
	"cmp"
	"errors"
	"log/slog"
	"os"
	"strings"

	"github.com/joho/godotenv"

	"usher/internal/config"
	"usher/internal/secrets"
)

// File is what a file says, by name.
type File map[string]string

// Read reads a file. Its error does not quote it: it holds a secret.
func Read(path string) (File, error) {
	file, err := godotenv.Read(path)
	var unreadable *os.PathError
	switch {
	case errors.As(err, &unreadable):
		return nil, unreadable.Err
	case err != nil:
		return nil, errors.New("it is not made of NAME=value lines")
	}
	return file, nil
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
			RedirectURIs:       []string{cmp.Or(f["REDIRECT_URI"], redirectURI)},
			LogoutURIs:         ifAny(f["POST_LOGOUT_REDIRECT_URI"]),
			ResultURLs:         ifAny(f["RESULT_URL"]),
			Audience:           f["AUDIENCE"],
			ManagementAudience: f["MANAGEMENT_AUDIENCE"],
		},
		Credentials: secrets.Credentials{Domain: f["DOMAIN"], ClientID: f["CLIENT_ID"], ClientSecret: f["CLIENT_SECRET"]},
	}
	err := s.complete(lookup)
	return s, errors.Join(err, s.Config.Validate())
}

// complete fills in the rest and checks the credentials.
func (s *Settings) complete(lookup func(string) string) error {
	Complete(&s.Config, lookup)
	if err := missing(map[string]string{"DOMAIN": s.Credentials.Domain, "CLIENT_ID": s.Credentials.ClientID, "CLIENT_SECRET": s.Credentials.ClientSecret}); err != nil {
		return err
	}
	// Plain http is left to Complete, which takes it for a tenant on this machine.
	if scheme, _, given := strings.Cut(s.Credentials.Domain, "://"); given && scheme != "http" {
		return errors.New("DOMAIN is a host name without a scheme; https is used, but for a tenant on this machine")
	}
	whole, err := s.Credentials.Complete(false)
	if err == nil {
		s.Credentials = whole
	}
	return err
}

// Complete adds what the process's environment may say, file or not.
func Complete(c *config.Config, lookup func(string) string) {
	c.Scopes = strings.Fields(cmp.Or(lookup("SCOPES"), config.DefaultScopes))
	c.Binding = cmp.Or(lookup("LOGIN_BINDING"), config.BindingCookie)
	c.LogLevel = slog.LevelInfo
}

func ifAny(uri string) []string {
	if uri == "" {
		return nil
	}
	return []string{uri}
}

func missing(values map[string]string) error {
	var absent []string
	for _, name := range []string{"DOMAIN", "CLIENT_ID", "CLIENT_SECRET"} {
		if values[name] == "" {
			absent = append(absent, name)
		}
	}
	if len(absent) == 0 {
		return nil
	}
	return errors.New("missing: " + strings.Join(absent, ", "))
}
