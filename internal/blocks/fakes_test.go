package blocks_test

import (
	"context"
	"net/http/httptest"

	"usher/internal/api"
	"usher/internal/api/apitest"
	"usher/internal/blocks"
	"usher/internal/limits"
)

// provider notes its calls, and returns what the test gives it.
type provider struct {
	ended bool // the sessions
	found []blocks.LoginBlock
	err   error
	asked []string
}

func (p *provider) note(call string, user limits.UserID) error {
	p.asked = append(p.asked, call+" "+user.String())
	return p.err
}

func (p *provider) Block(_ context.Context, user limits.UserID) (bool, error) {
	return p.ended, p.note("block", user)
}

func (p *provider) Unblock(_ context.Context, user limits.UserID) error {
	return p.note("unblock", user)
}

func (p *provider) LoginBlocks(_ context.Context, user limits.UserID) ([]blocks.LoginBlock, error) {
	return p.found, p.note("login blocks", user)
}

func (p *provider) LiftLoginBlocks(_ context.Context, user limits.UserID) error {
	return p.note("lift", user)
}

// operation is an operation, a request to it without the user's id, and its call to the
// provider.
type operation struct {
	of                 func(*provider) api.Operation
	method, path, call string
}

var operations = map[string]operation{
	"block":       {func(p *provider) api.Operation { return blocks.BlockUser(p) }, "PUT", "/blocks/", "block "},
	"unblock":     {func(p *provider) api.Operation { return blocks.UnblockUser(p) }, "DELETE", "/blocks/", "unblock "},
	"list blocks": {func(p *provider) api.Operation { return blocks.GetLoginBlocks(p) }, "GET", "/login-blocks/", "login blocks "},
	"lift blocks": {func(p *provider) api.Operation { return blocks.DeleteLoginBlocks(p) }, "DELETE", "/login-blocks/", "lift "},
}

// do sends the request for a user, whose id is percent-encoded, to a server of this
// operation only.
func (o operation) do(s api.Server, p *provider, user string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	s.Handler(o.of(p)).ServeHTTP(w, httptest.NewRequest(o.method, o.path+user, nil))
	return w
}

func (o operation) sent(s api.Server, p *provider, user string) apitest.Sent {
	w := o.do(s, p, user)
	return apitest.Sent{Response: w, Asked: p.asked, Want: []string{o.call + user}}
}
