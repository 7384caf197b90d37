package main

import (
	"cmp"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"os"
	"strings"

	"github.com/joho/godotenv"

	"usher/internal/config"
	"usher/internal/localtenant"
	"usher/internal/secrets"
)

// settings are what the command line, the environment and the file amount to.
type settings struct {
	addr        string
	config      config.Config
	credentials secrets.Static
	tenant      *localtenant.Tenant // nil with a real one
}

func settingsFor(opts options, getenv func(string) string) (settings, error) {
	if opts.envFile != "" {
		return fromFile(opts, getenv)
	}
	addr := cmp.Or(opts.addr, defaultAddr)
	_, port, _ := net.SplitHostPort(addr) // checked with the flags
	cfg := config.Config{
		Connection:   cmp.Or(getenv("CONNECTION"), localtenant.Connection),
		RedirectURIs: []string{"http://127.0.0.1:" + port + "/callback", "http://localhost:" + port + "/callback"},
		LogoutURIs:   []string{"http://127.0.0.1:" + port + "/", "http://localhost:" + port + "/"},
		ResultURLs:   []string{"http://127.0.0.1:" + port + "/", "http://localhost:" + port + "/"},
	}
	if front := strings.TrimSuffix(opts.frontend, "/"); front != "" {
		cfg.RedirectURIs = append(cfg.RedirectURIs, front+"/callback")
		cfg.LogoutURIs = append(cfg.LogoutURIs, front+"/")
		cfg.ResultURLs = append(cfg.ResultURLs, front+"/")
	}
	tenant, err := newTenant("http://"+opts.tenantAddr, cfg, opts.usersFile)
	if err != nil {
		return settings{}, err
	}
	credentials := secrets.Credentials{Domain: "http://" + opts.tenantAddr, ClientID: localtenant.ClientID, ClientSecret: localtenant.ClientSecret}
	return complete(settings{addr: addr, config: cfg, credentials: secrets.Static(credentials), tenant: tenant}, getenv)
}

// fromFile reads the names that the proof of concept's .env used.
func fromFile(opts options, getenv func(string) string) (settings, error) {
	file, err := godotenv.Read(opts.envFile)
	if err != nil {
		return settings{}, fmt.Errorf("read %s: %w", opts.envFile, withoutContents(err))
	}
	if err := missing(file, "DOMAIN", "CLIENT_ID", "CLIENT_SECRET"); err != nil {
		return settings{}, fmt.Errorf("%s: %w", opts.envFile, err)
	}
	if strings.Contains(file["DOMAIN"], "://") {
		return settings{}, fmt.Errorf("%s: DOMAIN is a host name without a scheme; https is always used", opts.envFile)
	}
	redirectURI := cmp.Or(file["REDIRECT_URI"], "http://"+cmp.Or(opts.addr, defaultAddr)+"/callback")
	cfg := config.Config{
		Connection:         cmp.Or(file["CONNECTION"], config.DefaultConnection),
		RedirectURIs:       []string{redirectURI},
		LogoutURIs:         ifAny(file["POST_LOGOUT_REDIRECT_URI"]),
		ResultURLs:         ifAny(file["RESULT_URL"]),
		Audience:           file["AUDIENCE"],
		ManagementAudience: file["MANAGEMENT_AUDIENCE"],
	}
	credentials := secrets.Credentials{Domain: file["DOMAIN"], ClientID: file["CLIENT_ID"], ClientSecret: file["CLIENT_SECRET"]}
	lookup := func(name string) string { return cmp.Or(file[name], getenv(name)) }
	return complete(settings{addr: cmp.Or(opts.addr, loopbackAddr(redirectURI), defaultAddr), config: cfg, credentials: secrets.Static(credentials)}, lookup)
}

// complete adds what the process's environment may say in either case.
func complete(s settings, lookup func(string) string) (settings, error) {
	s.config.Scopes = strings.Fields(cmp.Or(lookup("SCOPES"), config.DefaultScopes))
	s.config.Binding = cmp.Or(lookup("LOGIN_BINDING"), config.BindingCookie)
	s.config.LogLevel = slog.LevelInfo
	credentials, err := secrets.Credentials(s.credentials).Complete(false)
	if err != nil {
		return settings{}, err
	}
	s.credentials = secrets.Static(credentials)
	return s, s.config.Validate()
}

func ifAny(uri string) []string {
	if uri == "" {
		return nil
	}
	return []string{uri}
}

func missing(file map[string]string, names ...string) error {
	var absent []string
	for _, name := range names {
		if file[name] == "" {
			absent = append(absent, name)
		}
	}
	if len(absent) == 0 {
		return nil
	}
	return errors.New("missing: " + strings.Join(absent, ", "))
}

// withoutContents keeps the file's text, which the parser quotes, off the
// terminal: it holds a secret.
func withoutContents(err error) error {
	var unreadable *os.PathError
	if errors.As(err, &unreadable) {
		return unreadable.Err
	}
	return errors.New("it is not made of NAME=value lines")
}

// loopbackAddr is where a redirect URI on loopback expects the service; "" for
// any other.
func loopbackAddr(redirectURI string) string {
	u, err := url.Parse(redirectURI)
	if err != nil || u.Scheme != "http" || !isLoopback(u.Hostname()) {
		return ""
	}
	return net.JoinHostPort(u.Hostname(), cmp.Or(u.Port(), "80"))
}
