package doctor

import (
	"context"
	"time"

	"usher/cmd/doctor/internal/awsapi"
	"usher/cmd/doctor/internal/vpcendpoint"
	"usher/internal/auth0"
	"usher/internal/limits"
	"usher/internal/permission"
)

// gather collects the facts. It sends no request that the responses so far make pointless.
func gather(ctx context.Context, p Patient, with Instruments) facts {
	f := facts{Patient: p, policy: read(limits.Parse(p.Limits, p.Config.Deployment()))}
	f.gatherVersions(ctx, 2*with.Deadline)
	if len(f.versions) > 0 {
		f.gatherTenant(ctx, with)
	}
	for _, id := range p.Endpoints {
		f.endpoints = append(f.endpoints, gatherEndpoint(ctx, id, with))
	}
	return f
}

func gatherEndpoint(ctx context.Context, id string, with Instruments) reading[vpcendpoint.Endpoint] {
	ctx, cancel := context.WithTimeout(ctx, 2*with.Deadline)
	defer cancel()
	client, err := awsapi.New(ctx, "", with.Getenv)
	if err != nil && endpointID.MatchString(id) {
		return reading[vpcendpoint.Endpoint]{err: err}
	}
	return describeEndpoint(ctx, client, id)
}

func describeEndpoint(ctx context.Context, client *awsapi.Client, id string) reading[vpcendpoint.Endpoint] {
	if !endpointID.MatchString(id) {
		return reading[vpcendpoint.Endpoint]{err: errNotAnID}
	}
	return read(vpcendpoint.Describe(ctx, client, id))
}

// gatherTenant asks the tenant. It sends credentials only to a host that responds as the issuer
// of that name, and only credentials that the service would send.
func (f *facts) gatherTenant(ctx context.Context, with Instruments) {
	transport := auth0.NewReadOnly(with.Transport, with.Now)
	inspector := func(v version) *auth0.Inspector {
		return auth0.NewInspector(v.credentials, f.Config.ManagementAudience, transport, with.Now, with.Deadline)
	}
	f.gatherDiscovery(ctx, inspector(f.versions[0]), with.Now)
	if f.reached.err != nil || f.reached.value.Issuer != f.issuer {
		return
	}
	for i := range f.versions {
		v := &f.versions[i]
		if v.err != nil || v.foreign || v.stage == previous && f.accepted(f.versions[0]) != refused {
			continue // an old secret matters only if the current one is refused
		}
		f.gatherLogins(ctx, inspector(*v), v)
		if f.managed == nil && v.management == nil {
			f.managed = v
		}
	}
	if f.managed != nil {
		f.gatherSetup(ctx, inspector(*f.managed))
		f.budget = transport.Budget
	}
}

// gatherDiscovery also compares the clocks. It takes the tenant's date, which has no fraction of
// a second, for that of the middle of the exchange.
func (f *facts) gatherDiscovery(ctx context.Context, inspector *auth0.Inspector, now func() time.Time) {
	f.issuer = inspector.Issuer()
	asked := now()
	f.reached = read(inspector.Discovery(ctx))
	middle := asked.Add(now().Sub(asked) / 2)
	f.skew = f.reached.value.Date.Add(time.Second / 2).Sub(middle)
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
	f.connection = read(inspector.Connection(ctx, f.Config.Connection))
	f.limited = map[string]reading[*auth0.Connection]{}
	for _, name := range f.policy.value.Connections() {
		f.limited[name] = read(inspector.Connection(ctx, name))
	}
	if f.Tokens != nil && f.Tokens.Issuer == f.issuer {
		f.frontEndsAPI = read(inspector.API(ctx, f.Tokens.Audience))
	}
	if !f.uses(permission.SignIn) {
		return
	}
	f.registration = read(inspector.Registration(ctx, f.managed.credentials.ClientID))
	f.enabled = read(inspector.EnabledConnections(ctx))
	f.action = read(inspector.LoginAction(ctx, mfaAction))
	f.factors = read(inspector.Factors(ctx))
	if f.Config.Audience != "" {
		f.usersAPI = read(inspector.API(ctx, f.Config.Audience))
	}
}
