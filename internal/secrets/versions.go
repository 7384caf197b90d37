package secrets

import (
	"context"
	"errors"
	"slices"
	"time"
)

// settling is how long after the creation of a version the provider may still accept the
// previous one. The provider documents half a minute; a manual rotation takes longer.
const settling = 5 * time.Minute

// Versions holds the versions of the secret that the provider may accept. Credentials are
// empty if there is no such version.
type Versions struct {
	Current  Credentials // AWSCURRENT
	Pending  Credentials // AWSPENDING: the target of a rotation, perhaps already set at the provider
	Previous Credentials // AWSPREVIOUS: before the last rotation
	young    bool        // the current version is younger than settling
}

// Versions reads all versions of the secret, once for all concurrent callers. Call it only
// after the provider refused the credentials. It fails like Current. It omits other versions
// that are unreadable.
func (m *Manager) Versions(ctx context.Context) (Versions, error) {
	return once(ctx, m, "versions", func(ctx context.Context) (Versions, error) {
		current, err := m.fetchCurrent(ctx)
		if err != nil {
			return Versions{}, err
		}
		all := Versions{Current: current.credentials, young: m.opts.Now().Sub(current.made) < settling}
		if all.Pending = m.beside(ctx, stagePending); all.Pending == all.Current {
			all.Pending = Credentials{} // a finished rotation keeps the label
		}
		all.Previous = m.beside(ctx, stagePrevious)
		return all, nil
	})
}

// beside reads an optional version; empty if it does not exist or is unreadable.
func (m *Manager) beside(ctx context.Context, stage string) Credentials {
	v, err := m.fetch(ctx, stage)
	if err != nil && !errors.Is(err, ErrNoValue) {
		m.opts.Log.WarnContext(ctx, "a version of the secret could not be read",
			"secret", m.opts.SecretID, "stage", stage, "error", err)
	}
	return v.credentials
}

// Others returns the other credentials that the provider may accept, the most likely first.
func (v Versions) Others() []Credentials {
	// During a rotation the previous version is usually invalid. But if the current version
	// was never set at the provider, it is the only valid one.
	isNone := func(c Credentials) bool { return c == Credentials{} }
	return slices.DeleteFunc([]Credentials{v.Pending, v.Previous}, isNone)
}

// Changing reports whether a rotation is in progress or finished recently. The provider's
// nodes adopt a new secret at different times, so consecutive requests may need different
// versions.
func (v Versions) Changing() bool { return v.young || v.Pending != (Credentials{}) }
