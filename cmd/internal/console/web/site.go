// Package web serves the console: pages of HTML that work without JavaScript, and forms.
package web

import (
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"usher/cmd/internal/console/policy"
	"usher/cmd/internal/console/session"
	"usher/cmd/internal/console/usher"
)

// Options configures the console.
type Options struct {
	Usher      *usher.Client
	Policy     policy.Policy
	URL        string // its own address: scheme and host, without a trailing slash
	WithoutMFA bool   // do not ask staff for a second factor
	Now        func() time.Time
	Log        *slog.Logger
}

// Site is the console.
type Site struct {
	Options
	https    bool
	sessions *session.Store
	pages    pages
	assets   assets
}

// New returns the console's handler.
func New(o Options) (http.Handler, error) {
	pages, err := allPages()
	if err != nil {
		return nil, fmt.Errorf("parse the pages: %w", err)
	}
	assets, err := readAssets()
	if err != nil {
		return nil, fmt.Errorf("read the assets: %w", err)
	}
	https := strings.HasPrefix(o.URL, "https://")
	s := &Site{Options: o, https: https, sessions: session.New(https, o.Now), pages: pages, assets: assets}
	return s.guarded(s.routes()), nil
}

func (s *Site) routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /health", health)
	mux.HandleFunc("GET /assets/{name}", s.asset)
	mux.HandleFunc("GET /{$}", s.home)
	mux.HandleFunc("GET /login", s.login)
	mux.HandleFunc("GET /callback", s.callback)
	mux.HandleFunc("POST /sign-out", s.signOut)
	mux.HandleFunc("GET /users", s.staff(s.listUsers))
	mux.HandleFunc("POST /users", s.staff(s.findUsers))
	mux.HandleFunc("GET /invite", s.staff(s.mayInvite(s.inviteForm)))
	mux.HandleFunc("POST /invite", s.signedIn(s.mayInvite(s.invite), true))
	for _, one := range sections {
		mux.HandleFunc(strings.TrimSuffix("GET /users/{id}/"+one.Name, "/"), s.staff(s.showSection(one)))
	}
	for _, a := range actions() {
		mux.HandleFunc("POST /users/{id}/"+a.name, s.change(a))
	}
	s.jobRoutes(mux)
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		s.fail(w, r, http.StatusNotFound, notice{Text: "There is no such page.", Cure: "Go back to the list of users."})
	})
	return mux
}

func (s *Site) jobRoutes(mux *http.ServeMux) {
	mux.HandleFunc("GET /jobs", s.staff(s.startsJobs(s.listJobs)))
	mux.HandleFunc("GET /new-job/{kind}", s.staff(s.ofKind(s.newJob)))
	mux.HandleFunc("POST /files", s.checked(s.takeFile, true, s.hasUploadToken))
	mux.HandleFunc("GET /files/{id}", s.staff(s.onFile(s.showFile)))
	mux.HandleFunc("POST /files/{id}/start", s.signedIn(s.onFile(s.startFile), true))
	mux.HandleFunc("POST /files/{id}/forget", s.signedIn(s.onFile(s.forgetFile), true))
	mux.HandleFunc("POST /exports", s.signedIn(s.startExport, true))
	mux.HandleFunc("GET /jobs/{id}", s.staff(s.onJob(s.showJob)))
	mux.HandleFunc("GET /jobs/{id}/lines", s.signedIn(s.onJob(s.downloadLines), true))
	mux.HandleFunc("GET /jobs/{id}/users", s.signedIn(s.onJob(s.downloadUsers), true))
	for _, a := range jobActions() {
		mux.HandleFunc("POST /jobs/{id}/"+a.name, s.changeJob(a))
	}
}

// health tells a load balancer that the process serves requests.
func health(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = w.Write([]byte("ok\n"))
}
