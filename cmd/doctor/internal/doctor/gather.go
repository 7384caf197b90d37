package doctor

import (
	"context"
	"time"

	"usher/cmd/doctor/internal/vpcendpoint"
	"usher/internal/auth0"
	"usher/internal/limits"
	"usher/internal/permission"
)

// gather finds the facts. Nothing is asked that the answers so far make pointless.
func gather(ctx context.Context, p Patient, with Instruments) facts {
	f := facts{Patient: p}
	f.gatherVersions(ctx, 2*with.Deadline)
	f.gatherTenant(ctx, with)
	for _, id := range p.Endpoints {
		f.endpoints = append(f.endpoints, f.gatherEndpoint(ctx, id, with))
	}
	return f
}

// gatherEndpoint does not ask about what cannot be an id.
func (f *facts) gatherEndpoint(ctx context.Context, id string, with Instruments) reading[vpcendpoint.Endpoint] {
	if !endpointID.MatchString(id) {
		return reading[vpcendpoint.Endpoint]{err: errNotAnID}
	}
	ctx, cancel := context.WithTimeout(ctx, 2*with.Deadline)
	defer cancel()
	return read(vpcendpoint.Describe(ctx, id, with.Getenv))
}

// gatherTenant asks the tenant. Secrets are shown to nobody who does not answer as
// the issuer of that name does, and only those that the service would show it.
func (f *facts) gatherTenant(ctx context.Context, with Instruments) {
	current, ok := f.current()
	if !ok {
		f.keepAway(errNoIDs)
		return
	}
	transport := auth0.NewReadOnly(with.Transport, with.Now)
	inspector := func(v version) *auth0.Inspector {
		return auth0.NewInspector(v.credentials, f.Config.ManagementAudience, transport, with.Now, with.Deadline)
	}
	f.gatherDiscovery(ctx, inspector(current), with.Now)
	if f.reached.err != nil || f.reached.value.Issuer != f.issuer {
		f.keepAway(errUnasked)
		return
	}
	for i := range f.versions {
		v := &f.versions[i]
		if v.err != nil || v.foreign || v.stage == previous && f.accepted(f.versions[0]) != refused {
			continue // an old secret is looked at only where it may be the right one
		}
		f.gatherLogins(ctx, inspector(*v), v)
		if f.managed == nil && v.management == nil {
			f.managed = v
		}
	}
	if f.managed == nil {
		f.keepAway(errNoToken)
		return
	}
	f.gatherSetup(ctx, inspector(*f.managed))
	f.budget = transport.Budget()
}

// gatherDiscovery compares the clocks, too: the tenant's date is that of the middle
// of the exchange, and without its fraction of a second.
func (f *facts) gatherDiscovery(ctx context.Context, inspector *auth0.Inspector, now func() time.Time) {
	f.issuer = inspector.Issuer()
	asked := now()
	f.reached = read(inspector.Discovery(ctx))
	middle := asked.Add(now().Sub(asked) / 2)
	if date := f.reached.value.Date; !date.IsZero() {
		f.skew = date.Add(time.Second / 2).Sub(middle)
	}
}

func (f *facts) gatherLogins(ctx context.Context, inspector *auth0.Inspector, v *version) {
	v.asked = true
	v.scopes, v.management = inspector.ManagementScopes(ctx)
	if f.uses(permission.SignIn) {
		v.codes = inspector.RedeemsCodes(ctx)
		v.refreshing = inspector.Refreshes(ctx)
	}
}

func (f *facts) gatherSetup(ctx context.Context, inspector *auth0.Inspector) {
	s := &f.tenant
	s.connection = read(orNil(inspector.Connection(ctx, f.Config.Connection)))
	s.limited = map[string]reading[*auth0.Connection]{}
	if policy, err := limits.Parse(f.Limits, f.Config.Deployment()); err == nil {
		for _, name := range policy.Connections() {
			s.limited[name] = read(orNil(inspector.Connection(ctx, name)))
		}
	}
	if f.Tokens != nil && f.Tokens.Issuer == f.issuer {
		s.access = read(orNil(inspector.Access(ctx, f.Tokens.Audience)))
	}
	if !f.uses(permission.SignIn) {
		return
	}
	s.registration = read(inspector.Registration(ctx, f.managed.credentials.ClientID))
	s.enabled = read(inspector.EnabledConnections(ctx))
	s.action = read(inspector.LoginAction(ctx, mfaAction))
	s.factors = read(inspector.Factors(ctx))
	if f.Config.Audience != "" {
		s.offline = read(orNil(inspector.OfflineAccess(ctx, f.Config.Audience)))
	}
}

// orNil makes one value of two.
func orNil[T any](value T, found bool, err error) (*T, error) {
	if !found || err != nil {
		return nil, err
	}
	return &value, nil
}

// keepAway says of all that is set up at the tenant that it is not known.
func (f *facts) keepAway(why error) {
	if f.reached.err == nil && f.reached.value.Issuer == "" {
		f.reached.err = why
	}
	s := &f.tenant
	for _, err := range []*error{&s.registration.err, &s.connection.err, &s.enabled.err, &s.offline.err, &s.access.err, &s.action.err, &s.factors.err} {
		*err = why
	}
}
