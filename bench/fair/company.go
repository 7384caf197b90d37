package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"usher/bench/internal/load"
	"usher/localtenant"
	"usher/test/testkit/lambda"
)

const (
	perFunction = 32 // processes
	lifetime    = 10 // requests of a short-lived process
	role        = "fair"
	user        = "auth0%7C65e19a100000000000000001"
)

// process is a process of a function, and how much it has served.
type process struct {
	*lambda.Process
	short  bool
	served int
}

// company is a tenant, the functions' processes and what the classes got.
type company struct {
	options options
	tenant  *http.Server
	runtime *lambda.Runtime
	vault   *lambda.Vault
	env     map[string]string
	folder  string
	idle    map[string]chan *process
	tallies map[string]*tally
	levels  *levels
}

var functions = []string{"listusers", "updateuser", "setuserroles", "blockuser", "resetmfa", "createpasswordticket"}

func start(ctx context.Context, o options, known bool) (*company, error) {
	c := &company{options: o, idle: map[string]chan *process{}, levels: &levels{}, tallies: map[string]*tally{"urgent": {}, "change": {}, "read": {}}}
	url, err := c.serveTenant()
	if err != nil {
		return nil, err
	}
	c.vault = lambda.NewVault(lambda.Secret(url, localtenant.ClientSecret))
	if c.runtime, err = lambda.NewRuntime(); err != nil {
		return nil, err
	}
	if c.folder, err = os.MkdirTemp("", "usher-fair-"); err != nil {
		return nil, fmt.Errorf("make a folder: %w", err)
	}
	var packages []string
	for _, f := range functions {
		packages = append(packages, "./functions/"+f)
	}
	if err := lambda.Build(ctx, ".", c.folder, packages...); err != nil {
		return nil, err
	}
	c.env = c.vault.Env()
	maps.Copy(c.env, map[string]string{"REDIRECT_URIS": "https://app.example.com/callback", "LOG_LEVEL": "error"})
	if known {
		c.env["AUTH0_PLAN"] = o.plan
	}
	for _, f := range functions {
		c.idle[f] = make(chan *process, perFunction)
		for i := range perFunction {
			p, err := c.newProcess(ctx, f, i%2 == 0)
			if err != nil {
				return nil, err
			}
			p.served = rand.IntN(lifetime)
			c.idle[f] <- p
		}
	}
	return c, nil
}

// serveTenant serves the tenant, and notes what it tells about its limits.
func (c *company) serveTenant() (url string, err error) {
	var config net.ListenConfig
	listener, err := config.Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		return "", fmt.Errorf("serve the tenant: %w", err)
	}
	url = "http://" + listener.Addr().String()
	tenant, err := localtenant.New(localtenant.Options{BaseURL: url, Plan: localtenant.Plan(c.options.plan)})
	if err != nil {
		return "", err
	}
	tenant.AddRole(role, "for the script of changes")
	c.tenant = &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		watched := &watched{ResponseWriter: w}
		tenant.ServeHTTP(watched, r)
		if strings.HasPrefix(r.URL.Path, "/api/v2/") {
			limit, _ := strconv.Atoi(w.Header().Get("X-RateLimit-Limit"))
			remaining, _ := strconv.Atoi(w.Header().Get("X-RateLimit-Remaining"))
			c.levels.note(watched.status, limit, remaining)
		}
	})}
	go func() { _ = c.tenant.Serve(listener) }()
	return url, nil
}

type watched struct {
	http.ResponseWriter
	status int
}

// WriteHeader implements http.ResponseWriter.
func (w *watched) WriteHeader(status int) {
	w.status = status
	w.ResponseWriter.WriteHeader(status)
}

func (c *company) newProcess(ctx context.Context, function string, short bool) (*process, error) {
	p, err := c.runtime.Start(ctx, filepath.Join(c.folder, function), c.env)
	if err != nil {
		return nil, err
	}
	return &process{Process: p, short: short}, p.Ready(ctx)
}

// send sends a request to a process of a function, and notes the result.
func (c *company) send(ctx context.Context, class, function, method, path, body string) (status int, wait time.Duration) {
	header := http.Header{}
	if body != "" {
		header.Set("Content-Type", "application/json")
	}
	event, err := lambda.Event(method, path, header, body)
	if err != nil {
		panic(err) // the paths are constants
	}
	var p *process
	select {
	case <-ctx.Done():
		return 0, 0
	case p = <-c.idle[function]:
	}
	begun := time.Now()
	answer, err := p.Invoke(ctx, event, lambda.Timeout)
	took := time.Since(begun)
	c.giveBack(ctx, function, p, err)
	if ctx.Err() != nil {
		return 0, 0
	}
	response, problem := lambda.Answer(answer)
	if err = errors.Join(err, problem); err != nil {
		c.tallies[class].note(0, err.Error(), took)
		return 0, 0
	}
	var document struct {
		Code string `json:"code"`
	}
	_ = json.Unmarshal([]byte(response.Body), &document)
	c.tallies[class].note(response.StatusCode, document.Code, took)
	after, _ := strconv.Atoi(http.Header(response.MultiValueHeaders).Get("Retry-After"))
	return response.StatusCode, time.Duration(after) * time.Second
}

func (c *company) giveBack(ctx context.Context, function string, p *process, failure error) {
	p.served++
	if failure != nil || p.short && p.served >= lifetime {
		p.Stop()
		fresh, err := c.newProcess(ctx, function, p.short)
		if err != nil {
			return // the run ends
		}
		p = fresh
	}
	c.idle[function] <- p
}

// run sends the requests of all classes.
func (c *company) run(ctx context.Context, lasts time.Duration) {
	ctx, cancel := context.WithTimeout(ctx, lasts)
	defer cancel()
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			c.flatOut(ctx, func(int) (int, time.Duration) {
				return c.send(ctx, "read", "listusers", "GET", "/users", "")
			})
		})
	}
	for worker := range 16 {
		all.Go(func() {
			c.flatOut(ctx, func(i int) (int, time.Duration) {
				if (worker+i)%2 == 0 {
					return c.send(ctx, "change", "updateuser", "PATCH", "/users/"+user, `{"name":"Ada"}`)
				}
				roles := `{"roles":["` + role + `"]}`
				if i%4 < 2 {
					roles = `{"roles":[]}` // so that each request changes something
				}
				return c.send(ctx, "change", "setuserroles", "PUT", "/user-roles/"+user, roles)
			})
		})
	}
	all.Go(func() { c.regularly(ctx, &all) })
	all.Wait()
}

func (c *company) flatOut(ctx context.Context, send func(int) (int, time.Duration)) {
	for i := 0; ctx.Err() == nil; i++ {
		if status, wait := send(i); status >= 300 && c.options.polite {
			load.Pause(ctx, max(wait, time.Second))
		}
	}
}

// regularly sends urgent requests.
func (c *company) regularly(ctx context.Context, all *sync.WaitGroup) {
	every := 6 * time.Second
	if c.options.plan == "enterprise" {
		every = 2 * time.Second
	}
	for i := 0; load.Pause(ctx, every); i++ {
		all.Go(func() {
			switch i % 3 {
			case 0:
				c.send(ctx, "urgent", "blockuser", "PUT", "/blocks/"+user, "")
			case 1:
				c.send(ctx, "urgent", "resetmfa", "DELETE", "/mfa/"+user, "")
			default:
				c.send(ctx, "urgent", "createpasswordticket", "POST", "/password-tickets", `{"user_id":"auth0|65e19a100000000000000001"}`)
			}
		})
	}
}

func (c *company) close() {
	for _, idle := range c.idle {
		for range len(idle) {
			(<-idle).Stop()
		}
	}
	_ = c.runtime.Close()
	_ = c.tenant.Close()
	c.vault.Close()
	_ = os.RemoveAll(c.folder)
}
