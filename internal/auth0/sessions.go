package auth0

import (
	"context"
	"fmt"
	"net/http"

	"github.com/auth0/go-auth0/v3/management"
	"github.com/auth0/go-auth0/v3/management/sessions"
	usersessions "github.com/auth0/go-auth0/v3/management/users/sessions"
	"github.com/tidwall/gjson"

	"usher/internal/limits"
	"usher/internal/problem"
	"usher/internal/session"
)

// Sessions implements the interfaces of package session for sessions.
type Sessions struct{ client *Client }

// Sessions returns the access to the tenant's sessions.
func (c *Client) Sessions() Sessions { return Sessions{client: c} }

// Sessions returns a page of a user's sessions; see session.Lister.
func (s Sessions) Sessions(ctx context.Context, id limits.UserID, from string, limit int) (session.Page, error) {
	request := &management.ListUserSessionsRequestParameters{Take: &limit}
	if from != "" {
		request.From = &from
	}
	body, err := call(ctx, func(ctx context.Context) (any, error) {
		return usersessions.NewClient(s.client.sdk).List(ctx, id.String(), request)
	})
	if hasStatus(err, http.StatusNotFound) {
		return session.Page{}, nil
	}
	var page session.Page
	if err == nil {
		page, err = s.client.sessionsIn(ctx, body)
	}
	if err != nil {
		return session.Page{}, fmt.Errorf("list sessions: %w", planProblem(err))
	}
	return page, nil
}

// EndSessions ends all of a user's sessions; see session.Ender.
func (s Sessions) EndSessions(ctx context.Context, id limits.UserID) error {
	ended, err := s.client.endAccess(ctx, id.String())
	switch {
	case problem.Is(err, problem.UserNotFound):
		return nil
	case err == nil && !ended:
		return notInPlanProblem(nil)
	}
	return err
}

// EndSession ends one session; see session.Ender. The provider ends any session by its ID,
// so the owner has to be checked first.
func (s Sessions) EndSession(ctx context.Context, id limits.UserID, sessionID string) error {
	body, err := call(ctx, func(ctx context.Context) (any, error) { return sessions.NewClient(s.client.sdk).Get(ctx, sessionID) })
	var owner string
	if err == nil {
		owner, err = s.client.sessionOwner(ctx, body)
	}
	if hasStatus(err, http.StatusNotFound) || err == nil && owner != id.String() {
		return problem.SessionNotFound.Wrap(err, "The user has no session with this ID.")
	}
	if err != nil {
		return fmt.Errorf("get session: %w", planProblem(err))
	}
	// Ending an ended session is harmless, so it is repeatable like a deletion.
	_, err = call(repeatable(ctx), func(ctx context.Context) (any, error) {
		return nil, sessions.NewClient(s.client.sdk).Revoke(ctx, sessionID)
	})
	if err != nil && !hasStatus(err, http.StatusNotFound) {
		return fmt.Errorf("end session: %w", planProblem(err))
	}
	return nil
}

// planProblem is providerProblem for a call that the tenant's plan may not include.
func planProblem(err error) error {
	if notInPlan(err) {
		return notInPlanProblem(err)
	}
	return providerProblem(err)
}

func notInPlanProblem(cause error) error {
	const detail = "The identity provider's plan does not include listing and ending sessions."
	return problem.NotInProvidersPlan.Wrap(cause, detail)
}

func (c *Client) sessionsIn(ctx context.Context, body []byte) (page session.Page, err error) {
	r := c.reading(ctx)
	root, items, err := r.list(body, "sessions")
	if err != nil {
		return session.Page{}, err
	}
	if page.Sessions, err = each(items, r.session); err != nil {
		return session.Page{}, err
	}
	page.Next = r.text("sessions.next", root.Get("next"))
	return page, nil
}

// sessionOwner returns the ID of the session's user. It fails with errIncomplete if that is unreadable.
func (c *Client) sessionOwner(ctx context.Context, body []byte) (string, error) {
	r := c.reading(ctx)
	root, err := r.parse(body)
	if err != nil {
		return "", err
	}
	owner := r.exact("session.user_id", root.Get("user_id"))
	if owner == "" {
		return "", errIncomplete
	}
	return owner, nil
}

func (r *reading) session(v gjson.Result) (s session.Session, err error) {
	s.Methods = []string{}
	v.ForEach(func(name, v gjson.Result) bool {
		switch name.Str {
		case "id":
			s.ID = r.text("session.id", v)
		case "created_at":
			s.CreatedAt = r.time("session.created_at", v)
		case "authenticated_at":
			s.AuthenticatedAt = r.time("session.authenticated_at", v)
		case "last_interacted_at":
			s.LastUsedAt = r.time("session.last_interacted_at", v)
		case "expires_at":
			s.ExpiresAt = r.time("session.expires_at", v)
		case "idle_expires_at":
			s.IdleExpiresAt = r.time("session.idle_expires_at", v)
		case "device":
			s.Device = r.device(v)
		case "authentication":
			for _, method := range v.Get("methods").Array() {
				if name := r.text("session.authentication.methods.name", method.Get("name")); name != "" {
					s.Methods = append(s.Methods, name)
				}
			}
		}
		return true
	})
	if s.ID == "" {
		return session.Session{}, errIncomplete
	}
	return s, nil
}

func (r *reading) device(v gjson.Result) session.Device {
	return session.Device{
		IP:             r.text("session.device.last_ip", v.Get("last_ip")),
		UserAgent:      r.text("session.device.last_user_agent", v.Get("last_user_agent")),
		FirstIP:        r.text("session.device.initial_ip", v.Get("initial_ip")),
		FirstUserAgent: r.text("session.device.initial_user_agent", v.Get("initial_user_agent")),
	}
}
