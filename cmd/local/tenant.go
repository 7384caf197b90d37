package main

import (
	"fmt"

	"usher/internal/config"
	"usher/internal/localtenant"
)

// newTenant makes a tenant with its sample users, or with those of a file.
func newTenant(baseURL string, cfg config.Config, usersFile string) (*localtenant.Tenant, error) {
	tenant, err := localtenant.New(localtenant.Options{
		BaseURL: baseURL, Callbacks: cfg.RedirectURIs, LogoutURLs: cfg.LogoutURIs, Empty: usersFile != "",
		Audiences: []string{localAudience},
	})
	if err != nil {
		return nil, fmt.Errorf("make the local tenant: %w", err)
	}
	addFrontends(tenant)
	if usersFile == "" {
		return tenant, nil
	}
	return tenant, tenant.AddUsersFrom(usersFile)
}
