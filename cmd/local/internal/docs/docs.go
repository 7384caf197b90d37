// Package docs serves the contract, a page that renders it, and a page that says what is
// where. Only the local server has them, and they need no network.
package docs

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"regexp"

	contract "usher/api"
)

//go:embed pages
//go:embed swagger-ui/swagger-ui.css swagger-ui/swagger-ui-bundle.js swagger-ui/favicon-32x32.png
var files embed.FS

// Site is what the first page says of a server.
type Site struct {
	Version string
	Notices []string // one paragraph each
	Console string   // its address; "" for none
	Tenant  []Link   // the pages of the local tenant; none for a real tenant
}

// Link is a link to a page of another server.
type Link struct{ Title, URL, Text string }

// page is a response to GET.
type page struct {
	contentType string
	body        []byte
}

const html = "text/html; charset=utf-8"

// Handler serves the pages, and leaves every other request to next.
func Handler(site Site, next http.Handler) (http.Handler, error) {
	var first bytes.Buffer
	home, err := template.ParseFS(files, "pages/home.html")
	if err == nil {
		err = home.Execute(&first, site)
	}
	served, failure := servedContract(contract.Contract)
	pages := map[string]page{
		"/":             {html, first.Bytes()},
		"/openapi.yaml": {"application/yaml", served},
	}
	for path, file := range map[string]struct{ name, contentType string }{
		"/docs":                      {"pages/docs.html", html},
		"/docs/docs.js":              {"pages/docs.js", "text/javascript; charset=utf-8"},
		"/docs/home.css":             {"pages/home.css", "text/css; charset=utf-8"},
		"/docs/swagger-ui.css":       {"swagger-ui/swagger-ui.css", "text/css; charset=utf-8"},
		"/docs/swagger-ui-bundle.js": {"swagger-ui/swagger-ui-bundle.js", "text/javascript; charset=utf-8"},
		"/docs/favicon.png":          {"swagger-ui/favicon-32x32.png", "image/png"},
	} {
		body, missing := fs.ReadFile(files, file.name)
		failure = errors.Join(failure, missing)
		pages[path] = page{file.contentType, body}
	}
	if err = errors.Join(err, failure); err != nil {
		return nil, fmt.Errorf("prepare the pages: %w", err)
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p, ok := pages[r.URL.Path] // not by a ServeMux, which redirects //users
		if !ok || r.Method != http.MethodGet && r.Method != http.MethodHead {
			next.ServeHTTP(w, r)
			return
		}
		p.write(w)
	}), nil
}

// policy lets the pages load from this server only. Swagger UI sets styles in its elements and
// has images in its stylesheet.
const policy = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; " +
	"connect-src 'self'; form-action 'none'; frame-ancestors 'none'; base-uri 'none'"

func (p page) write(w http.ResponseWriter) {
	h := w.Header()
	h.Set("Content-Type", p.contentType)
	h.Set("Content-Security-Policy", policy)
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Link", `</openapi.yaml>; rel="service-desc", </docs>; rel="service-doc"`) // RFC 8631
	_, _ = w.Write(p.body)
}

var serversOf = regexp.MustCompile(`(?m)^servers:\n(?:[ -].*\n)+`)

// exampleUser is the user of the contract's examples. In the local tenant, it is Ada.
const exampleUser, ada = "db|66a1b2c3d4e5f60718293a4b", "auth0|65e19a100000000000000001"

// servedContract replaces the contract's servers by the one that serves it, whatever its
// address is, and the user of the examples by one that exists there.
func servedContract(text []byte) ([]byte, error) {
	at := serversOf.FindIndex(text)
	if at == nil {
		return nil, errors.New("the contract names no servers")
	}
	const this = "servers:\n  - url: /\n    description: This local server.\n"
	served := bytes.Join([][]byte{text[:at[0]], text[at[1]:]}, []byte(this))
	return bytes.ReplaceAll(served, []byte(exampleUser), []byte(ada)), nil
}
