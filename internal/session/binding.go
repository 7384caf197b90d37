package session

import (
	"context"
	"net/http"
	"strings"
	"time"

	"usher/internal/problem"
)

// cookieFor returns the sign-in's cookie without its value. For an https redirect URI the
// cookie has the __Host- prefix, so that only this host can set it. For http loopback it
// is a plain cookie, because some clients do not return a Secure cookie there.
func cookieFor(t ticket, redirectURI string) *http.Cookie {
	c := &http.Cookie{
		Name:     plainCookie(t),
		Path:     "/",
		MaxAge:   int(lifetime / time.Second),
		HttpOnly: true,
		SameSite: http.SameSiteLaxMode,
	}
	if strings.HasPrefix(redirectURI, "https://") {
		c.Name, c.Secure = hostCookie(t), true
	}
	return c
}

func plainCookie(t ticket) string { return "usher-" + t.name() }
func hostCookie(t ticket) string  { return "__Host-usher-" + t.name() }

// openCookie returns the sign-in's transaction from the browser's cookies. It accepts a
// plain cookie only for an http redirect URI, since other hosts of the same site can set
// plain cookies.
func openCookie(ctx context.Context, sealer Sealer, r *http.Request, t ticket, allowed []string) (pending, error) {
	for _, name := range []string{hostCookie(t), plainCookie(t)} {
		for _, cookie := range r.CookiesNamed(name) {
			plain, err := openValue(ctx, sealer, t, cookie.Value)
			if problem.IsProblem(err) {
				return pending{}, err
			}
			if err != nil {
				continue
			}
			x, err := decodeTransaction(plain)
			if uri, ok := x.redirectURI(allowed); err == nil && ok && cookieFor(t, uri).Name == name {
				return pending{ticket: t, transaction: x, redirectURI: uri}, nil
			}
		}
	}
	const detail = "This sign-in was begun in another browser, or is finished already. Begin again."
	return pending{}, problem.StateNotFromThisBrowser.New(detail)
}

func openValue(ctx context.Context, sealer Sealer, t ticket, value string) ([]byte, error) {
	plain, err := sealer.Open(ctx, cookiePurpose, t.name(), value)
	if err == nil || problem.IsProblem(err) {
		return plain, err
	}
	return sealer.Open(ctx, previousCookiePurpose, t.name(), value)
}
