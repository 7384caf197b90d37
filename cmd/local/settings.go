package main

import (
	"cmp"
	"fmt"
	"net"
	"net/url"
	"strings"

	"usher/cmd/internal/envfile"
	"usher/internal/config"
	"usher/internal/loopback"
	"usher/internal/quota"
	"usher/internal/secrets"
	"usher/localtenant"
)

// settings combines the flags, the environment and the file of -env.
type settings struct {
	addr        string
	config      config.Config
	credentials secrets.Static
	tenant      *localtenant.Tenant // nil for a real tenant
	unknown     []string            // unknown names in the file
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
	allowConsole(&cfg, opts)
	tenant, err := newTenant("http://"+opts.tenantAddr, cfg, opts)
	if err != nil {
		return settings{}, err
	}
	credentials, err := secrets.Credentials{
		Domain: "http://" + opts.tenantAddr, ClientID: localtenant.ClientID, ClientSecret: localtenant.ClientSecret,
	}.Complete(opts.allowRemote)
	if err != nil {
		return settings{}, err
	}
	envfile.Complete(&cfg, getenv)
	if opts.plan != localtenant.PlanNone {
		if cfg.Plan, err = quota.Parse(string(opts.plan)); err != nil {
			return settings{}, err
		}
	}
	return settings{addr: addr, config: cfg, credentials: secrets.Static(credentials), tenant: tenant}, cfg.Validate()
}

// fromFile returns the settings from the file of -env.
func fromFile(opts options, getenv func(string) string) (settings, error) {
	file, err := envfile.Read(opts.envFile)
	if err != nil {
		return settings{}, fmt.Errorf("read %s: %w", opts.envFile, err)
	}
	s, err := file.Settings("http://"+cmp.Or(opts.addr, defaultAddr)+"/callback", getenv)
	if err != nil {
		return settings{}, fmt.Errorf("%s: %w%s", opts.envFile, err, unknownNames("\n", file.Unknown()))
	}
	addr := cmp.Or(opts.addr, loopbackAddr(s.Config.RedirectURIs[0]), defaultAddr)
	allowConsole(&s.Config, opts)
	return settings{addr: addr, config: s.Config, credentials: secrets.Static(s.Credentials), unknown: file.Unknown()}, nil
}

// unknownNames lists a file's unknown names, which may be misspelled, after a prefix.
func unknownNames(prefix string, names []string) string {
	if len(names) == 0 {
		return ""
	}
	return prefix + "unknown names: " + strings.Join(names, ", ")
}

// loopbackAddr returns the host and port of a redirect URI on loopback; "" for any other URI.
func loopbackAddr(redirectURI string) string {
	u, err := url.Parse(redirectURI)
	if err != nil || u.Scheme != "http" || !loopback.Is(u.Hostname()) {
		return ""
	}
	return net.JoinHostPort(u.Hostname(), cmp.Or(u.Port(), "80"))
}
