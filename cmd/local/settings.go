package main

import (
	"cmp"
	"fmt"
	"net"
	"net/url"
	"strings"

	"usher/cmd/internal/envfile"
	"usher/internal/loopback"
	"usher/internal/config"
	"usher/internal/secrets"
	"usher/localtenant"
)

// settings are what the command line, the environment and the file amount to.
type settings struct {
	addr        string
	config      config.Config
	credentials secrets.Static
	tenant      *localtenant.Tenant // nil with a real one
	unknown     []string            // names in a file that mean nothing
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
	cfg.LogoutURIs = append(cfg.LogoutURIs, opts.logoutURLs...)
	tenant, err := newTenant("http://"+opts.tenantAddr, cfg, opts)
	if err != nil {
		return settings{}, err
	}
	credentials, err := secrets.Credentials{Domain: "http://" + opts.tenantAddr, ClientID: localtenant.ClientID, ClientSecret: localtenant.ClientSecret}.Complete(opts.allowRemote)
	if err != nil {
		return settings{}, err
	}
	envfile.Complete(&cfg, getenv)
	return settings{addr: addr, config: cfg, credentials: secrets.Static(credentials), tenant: tenant}, cfg.Validate()
}

// fromFile reads the names that the proof of concept's .env used.
func fromFile(opts options, getenv func(string) string) (settings, error) {
	file, err := envfile.Read(opts.envFile)
	if err != nil {
		return settings{}, fmt.Errorf("read %s: %w", opts.envFile, err)
	}
	said, err := file.Settings("http://"+cmp.Or(opts.addr, defaultAddr)+"/callback", getenv)
	if err != nil {
		return settings{}, fmt.Errorf("%s: %w%s", opts.envFile, err, meaningless("\n", file.Unknown()))
	}
	addr := cmp.Or(opts.addr, loopbackAddr(said.Config.RedirectURIs[0]), defaultAddr)
	return settings{addr: addr, config: said.Config, credentials: secrets.Static(said.Credentials), unknown: file.Unknown()}, nil
}

// meaningless names what a file has beside the names that mean something: misspelt
// ones, perhaps.
func meaningless(before string, names []string) string {
	if len(names) == 0 {
		return ""
	}
	return before + "names in it that mean nothing here: " + strings.Join(names, ", ")
}

// loopbackAddr is where a redirect URI on loopback expects the service; "" for
// any other.
func loopbackAddr(redirectURI string) string {
	u, err := url.Parse(redirectURI)
	if err != nil || u.Scheme != "http" || !loopback.Is(u.Hostname()) {
		return ""
	}
	return net.JoinHostPort(u.Hostname(), cmp.Or(u.Port(), "80"))
}
