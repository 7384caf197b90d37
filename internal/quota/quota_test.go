package quota

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"
)

type clock struct{ at time.Time }

func (c *clock) now() time.Time { return c.at }

func (c *clock) advance(d time.Duration) { c.at = c.at.Add(d) }

func newBudget(t *testing.T, plan string) (*Budget, *clock) {
	t.Helper()
	p, err := Parse(plan)
	if err != nil {
		t.Fatal(err)
	}
	c := &clock{time.Unix(1e9, 0)}
	return NewBudget(p, c.now), c
}

const users, grants = "/api/v2/users/auth0%7Cx", "/oauth/token"

// admitted returns how many of n calls with an unchanged level are admitted.
func admitted(b *Budget, class Class, remaining, n int) (count int) {
	for range n {
		b.Learn("GET", users, 50, remaining)
		if b.Admit(With(context.Background(), class), "GET", users) == nil {
			count++
		}
	}
	return count
}

func TestReserves(t *testing.T) {
	const n = 2000
	tests := []struct {
		class     Class
		remaining int
		part      float64 // of the calls, which is admitted
	}{
		{Urgent, 0, 1}, {Urgent, 50, 1},
		{Change, 0, 0}, {Change, 5, 0}, {Change, 10, 1}, {Change, 50, 1},
		{Read, 12, 0}, {Read, 25, 1}, {Read, 19, 0.52},
		{Background, 25, 0}, {Background, 30, 0.2}, {Background, 49, 0.96}, {Background, 50, 1},
	}
	for _, tt := range tests {
		t.Run(fmt.Sprint(tt.class, tt.remaining), func(t *testing.T) {
			b, _ := newBudget(t, "enterprise")
			got := float64(admitted(b, tt.class, tt.remaining, n)) / n
			if math.Abs(got-tt.part) > 0.07 || (tt.part == 0 || tt.part == 1) && got != tt.part {
				t.Errorf("%.2f of the calls were admitted, want %.2f", got, tt.part)
			}
		})
	}
}

// What is unknown never refuses a call: no plan, no response yet, an expired estimate, another API,
// a plan without reserves, and a context without a class.
func TestUnknownNeverRefuses(t *testing.T) {
	background := With(t.Context(), Background)
	for _, plan := range names() {
		b, c := newBudget(t, plan)
		if b.Admit(background, "GET", users) != nil {
			t.Errorf("%s: refused before the first response", plan)
		}
		b.Learn("GET", users, -1, 0)
		c.advance(maxAge)
		if b.Admit(background, "GET", users) != nil {
			t.Errorf("%s: refused by an expired estimate", plan)
		}
		b.Learn("GET", users, -1, 0)
		if b.Admit(background, "POST", grants) != nil {
			t.Errorf("%s: refused a call of the Authentication API", plan)
		}
		if b.Admit(t.Context(), "GET", users) != nil {
			t.Errorf("%s: refused a call without a class", plan)
		}
		free := plan == Unknown || plan == "free"
		if got := b.Admit(background, "GET", users) == nil; got != free {
			t.Errorf("%s: an empty bucket admits a background call: %v", plan, got)
		}
		b.Learn("GET", users, -1, -1) // tells nothing
		if got := b.Admit(background, "GET", users) == nil; got != free {
			t.Errorf("%s: a response without headers changed the estimate", plan)
		}
	}
}

func TestNoWorkIsLeftHalfDone(t *testing.T) {
	b, _ := newBudget(t, "enterprise")
	ctx := With(t.Context(), Change)
	b.Learn("GET", users, 50, 50)
	if b.Admit(ctx, "GET", users) != nil || b.Admit(ctx, "POST", grants) != nil {
		t.Fatal("refused")
	}
	b.Learn("GET", users, 50, 0)
	if refusal := b.Admit(ctx, "PATCH", users); refusal == nil || refusal.Class != Change {
		t.Fatalf("a change was admitted after reads and a token request only: %+v", refusal)
	}
	b.Learn("GET", users, 50, 50)
	if b.Admit(ctx, "PATCH", users) != nil {
		t.Fatal("refused")
	}
	b.Learn("GET", users, 50, 0)
	if b.Admit(ctx, "GET", users) != nil {
		t.Error("a call after a change was refused")
	}
	if b.Admit(With(t.Context(), Change), "GET", users) == nil {
		t.Error("another request became urgent, too")
	}
}

// An estimate counts the process's calls at once, and the refill.
func TestEstimate(t *testing.T) {
	b, c := newBudget(t, "enterprise")
	ctx := With(t.Context(), Change) // a reserve of 5
	b.Learn("GET", users, 50, 12)
	for range 2 {
		if b.Admit(ctx, "GET", users) != nil {
			t.Fatal("refused above twice the reserve")
		}
	}
	for range 200 {
		_ = b.Admit(ctx, "GET", users)
	}
	refusal := b.Admit(ctx, "GET", users)
	if refusal == nil {
		t.Fatal("200 calls at once were admitted with 12 tokens")
	}
	c.advance(refusal.Wait)
	if b.Admit(ctx, "GET", users) != nil {
		t.Errorf("refused after the wait of %v that it told", refusal.Wait)
	}
}

// Processes that share a bucket learn to count on less of its refill, and recover when alone.
func TestShareOfTheRefill(t *testing.T) {
	b, c := newBudget(t, "enterprise")
	ctx := With(t.Context(), Background)
	wait := func() time.Duration {
		for range 50 {
			if refusal := b.Admit(ctx, "GET", users); refusal != nil {
				return refusal.Wait
			}
		}
		return 0
	}
	b.Learn("GET", users, 50, 20)
	alone := wait()
	for range 5 {
		c.advance(500 * time.Millisecond)
		b.Learn("GET", users, 50, 20) // others took the refill
	}
	crowded := wait()
	if crowded < 4*alone || crowded > maxAge {
		t.Errorf("the wait is %v with others, and %v without", crowded, alone)
	}
	for _, level := range []int{26, 34, 42, 49} {
		c.advance(500 * time.Millisecond)
		b.Learn("GET", users, 50, level)
	}
	b.Learn("GET", users, 50, 20)
	if again := wait(); again > 2*alone {
		t.Errorf("the wait is %v after the others ended, and was %v", again, alone)
	}
}

// A response that may be about another bucket only lowers an estimate.
func TestUnclearHeaders(t *testing.T) {
	tests := map[string]struct {
		limit, remaining int
		refused          bool
	}{
		"this bucket":            {40, 39, false},
		"another bucket, higher": {100, 99, true},
		"no size, higher":        {-1, 39, true},
		"another bucket, lower":  {100, 0, true},
		"no size, lower":         {-1, 0, true},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			b, _ := newBudget(t, "self-service")
			b.Learn("GET", users, 40, 8)
			b.Learn("GET", users, tt.limit, tt.remaining)
			if got := b.Admit(With(t.Context(), Read), "GET", users) != nil; got != tt.refused {
				t.Errorf("refused: %v", got)
			}
		})
	}
}

func TestBuckets(t *testing.T) {
	selfService, err := Parse("self-service")
	if err != nil {
		t.Fatal(err)
	}
	tests := map[string]float64{ // burst
		"GET /api/v2/users":                     40,
		"GET /api/v2/users/auth0%7Ca%2Fb":       40,
		"GET /api/v2/users-by-email":            40,
		"PATCH /api/v2/users/x":                 20,
		"POST /api/v2/users":                    20,
		"DELETE /api/v2/users/x":                20,
		"GET /api/v2/users/x/roles":             10,
		"GET /api/v2/users/x/logs":              10,
		"DELETE /api/v2/users/x/authenticators": 10,
		"POST /api/v2/tickets/password-change":  10,
		"GET /api/v2/connections":               5,
		"GET /api/v2/clients/x/connections":     10,
		"POST /oauth/token":                     0,
		"GET /users/x":                          0,
	}
	for call, want := range tests {
		method, path, _ := strings.Cut(call, " ")
		_, b, ok := selfService.Bucket(method, path)
		if b.Burst != want || ok != (want > 0) {
			t.Errorf("%s: a burst of %v, want %v", call, b.Burst, want)
		}
	}
}

func TestParse(t *testing.T) {
	tests := map[string]string{ // the plan's name; "" for an error
		"": Unknown, "unknown": Unknown, "free": "free", "self-service": "self-service", "enterprise": "enterprise",
		"enterprise-nonproduction": "enterprise-nonproduction", "custom:16/50": Custom, "custom:2.5/10": Custom,
		"custom": "", "custom:": "", "custom:16": "", "custom:16/": "", "custom:/50": "", "custom:0/50": "", "custom:16/0": "",
		"custom:-1/50": "", "custom:NaN/50": "", "custom:1e3/50": "", "custom:16/Inf": "", "custom:16/0.5": "",
		"Enterprise": "", "none": "", "enterprise ": "",
	}
	for text, want := range tests {
		plan, err := Parse(text)
		if plan.Name != want || (err == nil) != (want != "") {
			t.Errorf("%q: %q, %v", text, plan.Name, err)
		}
	}
	if plan, err := Parse("custom:2.5/10"); err != nil || plan.Buckets[0].Rate != 2.5 || plan.Buckets[0].Burst != 10 {
		t.Errorf("%+v, %v", plan, err)
	}
}

// The estimate keeps its bounds whatever the provider tells and whenever.
func TestEstimateKeepsItsBounds(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	b, c := newBudget(t, "self-service")
	for i := range 20_000 {
		c.advance(time.Duration(random.Int64N(int64(3*time.Second)) - int64(time.Second))) // clocks also jump back
		path := []string{users, "/api/v2/connections", "/api/v2/roles"}[random.IntN(3)]
		b.Learn("GET", path, random.IntN(60)-1, random.IntN(200)-1)
		refusal := b.Admit(With(t.Context(), Class(random.IntN(4))), "GET", path)
		if refusal != nil && (refusal.Class == Urgent || refusal.Wait < 0 || refusal.Wait > maxAge) {
			t.Fatalf("%d: %+v", i, refusal)
		}
		for _, l := range b.levels {
			if l.tokens < 0 || l.share < minShare || l.share > 1 {
				t.Fatalf("%d: %+v", i, l)
			}
		}
	}
}
