package main

import (
	"fmt"

	"usher/internal/config"
	"usher/localtenant"
)

// newTenant returns a local tenant with the sample users, or with the users of -users.
func newTenant(baseURL string, cfg config.Config, opts options) (*localtenant.Tenant, error) {
	tenant, err := localtenant.New(localtenant.Options{
		BaseURL: baseURL, Callbacks: cfg.RedirectURIs, LogoutURLs: cfg.LogoutURIs, Empty: opts.usersFile != "", Staff: opts.console,
		Audiences: []string{localAudience}, Machines: opts.machines, Quirks: opts.quirks, Plan: opts.plan,
	})
	if err != nil {
		return nil, fmt.Errorf("make the local tenant: %w", err)
	}
	addFrontends(tenant)
	if opts.usersFile == "" {
		return tenant, nil
	}
	return tenant, tenant.AddUsersFrom(opts.usersFile)
}
