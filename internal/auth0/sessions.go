package auth0

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/auth0/go-auth0/v3/management"
	"github.com/auth0/go-auth0/v3/management/sessions"
	usersessions "github.com/auth0/go-auth0/v3/management/users/sessions"

	"usher/internal/problem"
	"usher/internal/session"
)

// Sessions is the tenant's sessions, as the session package needs them.
type Sessions struct{ client *Client }

// Sessions returns the tenant's sessions.
func (c *Client) Sessions() Sessions { return Sessions{client: c} }

// Sessions lists a user's sessions; see session.Lister.
func (s Sessions) Sessions(ctx context.Context, userID, from string, limit int) (session.Page, error) {
	request := &management.ListUserSessionsRequestParameters{Take: &limit}
	if from != "" {
		request.From = &from
	}
	found, err := usersessions.NewClient(s.client.sdk).List(ctx, userID, request)
	if hasStatus(err, http.StatusNotFound) {
		return session.Page{}, nil
	}
	if err != nil {
		return session.Page{}, fmt.Errorf("list sessions: %w", planProblem(err))
	}
	page := session.Page{Next: found.Response.GetNext()}
	for _, one := range found.Results {
		page.Sessions = append(page.Sessions, sessionFrom(one))
	}
	return page, nil
}

// EndSessions ends all of a user's sessions; see session.Ender.
func (s Sessions) EndSessions(ctx context.Context, userID string) error {
	ended, err := s.client.endAccess(ctx, userID)
	switch {
	case problem.Is(err, problem.UserNotFound):
		return nil
	case err == nil && !ended:
		return notPlanned(nil)
	}
	return err
}

// EndSession ends one session; see session.Ender. The provider would end
// anybody's by its id alone, so whose it is has to be read first.
func (s Sessions) EndSession(ctx context.Context, userID, sessionID string) error {
	all := sessions.NewClient(s.client.sdk)
	found, err := all.Get(ctx, sessionID)
	if hasStatus(err, http.StatusNotFound) || err == nil && found.GetUserID() != userID {
		return problem.SessionNotFound.Wrap(err, "The user has no session with this id.")
	}
	if err != nil {
		return fmt.Errorf("get session: %w", planProblem(err))
	}
	// Ending what has ended does no harm, so it may be repeated as a deletion.
	_, err = call(repeatable(ctx), func(ctx context.Context) (any, error) { return nil, all.Revoke(ctx, sessionID) })
	if err != nil && !hasStatus(err, http.StatusNotFound) {
		return fmt.Errorf("end session: %w", planProblem(err))
	}
	return nil
}

// planProblem is providerProblem where all that was asked for may be missing
// from the tenant's plan.
func planProblem(err error) error {
	if notInPlan(err) {
		return notPlanned(err)
	}
	return providerProblem(err)
}

func notPlanned(cause error) error {
	return problem.NotInProvidersPlan.Wrap(cause, "The identity provider's plan does not include sessions that can be listed or ended.")
}

func sessionFrom(s *management.SessionResponseContent) session.Session {
	device := s.GetDevice()
	out := session.Session{
		ID:              s.GetID(),
		CreatedAt:       sessionDate(s.CreatedAt),
		AuthenticatedAt: sessionDate(s.AuthenticatedAt),
		LastUsedAt:      sessionDate(s.LastInteractedAt),
		ExpiresAt:       sessionDate(s.ExpiresAt),
		IdleExpiresAt:   sessionDate(s.IdleExpiresAt),
		Device: session.Device{
			IP:             pointed(device.GetLastIP()),
			UserAgent:      device.GetLastUserAgent(),
			FirstIP:        pointed(device.GetInitialIP()),
			FirstUserAgent: device.GetInitialUserAgent(),
		},
		Methods: []string{},
	}
	if s.Authentication != nil {
		for _, method := range s.Authentication.Methods {
			out.Methods = append(out.Methods, method.GetName())
		}
	}
	return out
}

// sessionDate is nil for the forms of a date that hold none.
func sessionDate(d *management.SessionDate) *time.Time {
	if at := d.GetDateTime(); !at.IsZero() {
		return utc(&at)
	}
	return nil
}

// pointed is "" for an address that is not told.
func pointed(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}
