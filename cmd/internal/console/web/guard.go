package web

import (
	"net/http"
)

// maxForm bounds a form: two metadata documents of 64 KiB, percent-encoded.
const maxForm = 512 << 10

// contentPolicy allows only this site's own stylesheet, script and pictures.
const contentPolicy = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; form-action 'self'; " +
	"base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'"

// guarded adds the protection that all pages need.
func (s *Site) guarded(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		header := w.Header()
		header.Set("Cache-Control", "no-store")
		header.Set("Content-Security-Policy", contentPolicy)
		header.Set("Cross-Origin-Opener-Policy", "same-origin")
		header.Set("Cross-Origin-Resource-Policy", "same-origin")
		header.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=()")
		header.Set("Referrer-Policy", "no-referrer")
		header.Set("X-Content-Type-Options", "nosniff")
		header.Set("X-Frame-Options", "DENY")
		if s.https {
			header.Set("Strict-Transport-Security", "max-age=31536000")
		}
		if r.Method != http.MethodGet && r.Method != http.MethodHead && !s.fromHere(r) {
			s.fail(w, r, http.StatusForbidden, notice{
				Text: "This request did not come from a page of the console, so nothing was done.",
				Cure: "Open the console and use its own forms.",
			})
			return
		}
		limit := int64(maxForm)
		if r.URL.Path == "/files" {
			limit = maxUpload
		}
		r.Body = http.MaxBytesReader(w, r.Body, limit)
		h.ServeHTTP(w, r)
	})
}

// fromHere reports whether the browser says that a page of the console sent the request. Scripts
// cannot forge these headers. With Referrer-Policy no-referrer, browsers send "Origin: null" even
// for the site's own forms, so a missing origin counts only beside Sec-Fetch-Site.
func (s *Site) fromHere(r *http.Request) bool {
	origin, site := r.Header.Get("Origin"), r.Header.Get("Sec-Fetch-Site")
	if origin != "" && origin != "null" && origin != s.URL {
		return false
	}
	return site == "same-origin" || site == "" && origin == s.URL
}
