package session

import (
	"context"
	"net/http"
	"strings"
	"time"

	"usher/internal/problem"
)

// cookieFor returns the sign-in's cookie, without its value. Where the browser
// comes back over https, only the very host can set or read it (the __Host-
// prefix); on http loopback it is a plain one, since not every client returns
// a Secure cookie there.
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

// openCookie finds the sign-in's transaction among the browser's cookies. A
// plain cookie counts only for a redirect URI that has one: another host of
// the same site can plant plain cookies.
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
	return pending{}, problem.StateNotFromThisBrowser.New("This sign-in was begun in another browser, or is finished already. Begin again.")
}

func openValue(ctx context.Context, sealer Sealer, t ticket, value string) ([]byte, error) {
	plain, err := sealer.Open(ctx, cookiePurpose, t.name(), value)
	if err == nil || problem.IsProblem(err) {
		return plain, err
	}
	return sealer.Open(ctx, cookieBefore, t.name(), value)
}
