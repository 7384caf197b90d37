package bulk

import (
	"context"
	"encoding/json"
	"fmt"

	"usher/internal/api"
	"usher/internal/events"
	"usher/internal/identities"
	"usher/internal/jobs"
	"usher/internal/limits"
	"usher/internal/mfa"
	"usher/internal/problem"
	"usher/internal/roles"
	"usher/internal/session"
	"usher/internal/users"
)

// Sources is what exports read.
type Sources struct {
	List       users.Lister
	User       users.WithinGetter
	Identities identities.Reader
	MFA        mfa.Lister
	Sessions   session.Lister
	Roles      roles.Getter
	Events     events.Lister
}

// personRecord is the JSON form of one user's whole record: a user, and what other operations show. A part that
// is missing is named in Unavailable.
type personRecord struct {
	users.User
	Identities  []identities.Identity `json:"identities"`
	MFAMethods  []mfa.Method          `json:"mfa_methods,omitzero"`
	Sessions    []session.Session     `json:"sessions,omitzero"`
	Roles       []roles.Role          `json:"roles,omitzero"`
	Events      []events.Event        `json:"events,omitzero"`
	Unavailable []unavailable         `json:"unavailable,omitempty"`
}

// unavailable is a part of a record that the front-end's limits or the provider's plan exclude.
type unavailable struct {
	Part   string `json:"part"`
	Code   string `json:"code"`
	Detail string `json:"detail"`
}

// maxItems limits the sessions and the events of a record. The provider pages through 1,000 events at most.
const maxItems = 1000

const itemsPerPage = 100

// record exports a user's whole record. An error that may pass is returned, others are the result.
func (w exportsWork) record(ctx context.Context, r jobs.Run, c api.Call, id string) (jobs.Result, error) {
	user, within, err := w.User.UserWithin(ctx, c.FrontEnd, id)
	if err != nil {
		return failed(r, id, err)
	}
	whole := personRecord{User: user.VisibleTo(c)}
	for _, part := range []struct {
		name string
		read func(context.Context, limits.UserID, *personRecord) error
	}{
		{"app_metadata", func(context.Context, limits.UserID, *personRecord) error { return c.CheckAppMetadata() }},
		{"identities", w.identities}, {"mfa_methods", w.methods}, {"sessions", w.sessions}, {"roles", w.roles}, {"events", w.events},
	} {
		err := part.read(ctx, within, &whole)
		switch {
		case problem.Is(err, problem.NotInProvidersPlan), problem.Is(err, problem.OutsideFrontEndsLimits):
			p := problem.From(err)
			whole.Unavailable = append(whole.Unavailable, unavailable{part.name, p.Kind.Code, p.Detail})
		case err != nil:
			return failed(r, id, err)
		}
	}
	text, err := json.Marshal(whole)
	if err != nil {
		return jobs.Result{}, fmt.Errorf("encode a record: %w", err)
	}
	return jobs.Result{Outcome: jobs.RecordSucceeded, UserID: id, User: text}, nil
}

func (w exportsWork) identities(ctx context.Context, id limits.UserID, whole *personRecord) error {
	account, err := w.Identities.Account(ctx, id)
	if err != nil {
		return err
	}
	whole.Identities = identities.Readable(account.Identities)
	return nil
}

func (w exportsWork) methods(ctx context.Context, id limits.UserID, whole *personRecord) error {
	found, err := w.MFA.Methods(ctx, id)
	if err != nil {
		return err
	}
	whole.MFAMethods = mfa.Masked(found)
	return nil
}

func (w exportsWork) roles(ctx context.Context, id limits.UserID, whole *personRecord) error {
	found, err := w.Roles.OfUser(ctx, id)
	if err != nil {
		return err
	}
	whole.Roles = roles.Sorted(found)
	return nil
}

func (w exportsWork) sessions(ctx context.Context, id limits.UserID, whole *personRecord) error {
	found := []session.Session{}
	for from := ""; len(found) < maxItems; {
		page, err := w.Sessions.Sessions(ctx, id, from, itemsPerPage)
		if err != nil {
			return err
		}
		found = append(found, page.Sessions...)
		if from = page.Next; from == "" {
			break
		}
	}
	whole.Sessions = found
	return nil
}

func (w exportsWork) events(ctx context.Context, id limits.UserID, whole *personRecord) error {
	found := []events.Event{}
	for from := (*events.Position)(nil); len(found) < maxItems; {
		page, err := w.Events.Events(ctx, id, from, itemsPerPage)
		if err != nil {
			return err
		}
		found = append(found, page.Events...)
		if from = page.Next; from == nil {
			break
		}
	}
	whole.Events = found
	return nil
}

// failed returns the result of a failed record, or an error if a later attempt may succeed.
func failed(r jobs.Run, id string, err error) (jobs.Result, error) {
	if !problem.IsProblem(err) || jobs.MayPass(err) {
		return jobs.Result{}, err
	}
	return jobs.Result{Outcome: jobs.RecordFailed, UserID: id, Problem: documented(r, err)}, nil
}
