package secrets

import (
	"context"
	"errors"
	"slices"
	"time"
)

// settling is how long after a version was made the provider may still take the
// one before. It says half a minute; a rotation by hand takes some more.
const settling = 5 * time.Minute

// Versions are those of the secret that the provider may take. Where there is
// none of a kind, the credentials are empty.
type Versions struct {
	Current  Credentials // AWSCURRENT
	Pending  Credentials // AWSPENDING: being rotated to, and perhaps set at the provider already
	Previous Credentials // AWSPREVIOUS: before the last rotation
	young    bool        // the current one was made shortly ago
}

// Versions reads all versions of the secret, once for any number of waiters. It
// is for those whose credentials were refused, and who ask seldom. Its errors
// are Current's; a version beside the current one that cannot be read counts as
// none.
func (m *Manager) Versions(ctx context.Context) (Versions, error) {
	return once(ctx, m, "versions", func(ctx context.Context) (Versions, error) {
		current, err := m.fetchCurrent(ctx)
		if err != nil {
			return Versions{}, err
		}
		all := Versions{Current: current.credentials, young: m.opts.Now().Sub(current.made) < settling}
		if all.Pending = m.beside(ctx, stagePending); all.Pending == all.Current {
			all.Pending = Credentials{} // the label stays where a rotation has ended
		}
		all.Previous = m.beside(ctx, stagePrevious)
		return all, nil
	})
}

// beside reads a version that need not be there.
func (m *Manager) beside(ctx context.Context, stage string) Credentials {
	v, err := m.fetch(ctx, stage)
	if err != nil && !errors.Is(err, ErrNoValue) {
		m.opts.Log.WarnContext(ctx, "a version of the secret could not be read", "secret", m.opts.SecretID, "stage", stage, "error", err)
	}
	return v.credentials
}

// Others are what the provider may take in place of the current credentials,
// the likeliest first.
func (v Versions) Others() []Credentials {
	// During a rotation, the previous version is mostly invalid already. It is tried nevertheless:
	// if the current one was never set at the provider, only the previous one works.
	return slices.DeleteFunc([]Credentials{v.Pending, v.Previous}, func(c Credentials) bool { return c == Credentials{} })
}

// Changing reports whether a rotation is under way, or was shortly ago: each
// part of the provider learns of a new secret by itself, so that any of several
// may be the right one from one request to the next.
func (v Versions) Changing() bool { return v.young || v.Pending != (Credentials{}) }
