package quota

import (
	"context"
	"math"
	"math/rand/v2"
	"slices"
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

// part returns the part of first calls of processes that are admitted at a level.
func part(t *testing.T, class Class, remaining int) float64 {
	t.Helper()
	const n = 2000
	count := 0
	for range n {
		b, _ := newBudget(t, "enterprise")
		b.Learn("GET", users, 50, 50)
		b.Learn("GET", users, 50, remaining)
		b.levels[0].chances = [Background + 1]float64{1, 1, 1, 1}
		if !b.Admit(With(context.Background(), class), "GET", users).Refused {
			count++
		}
	}
	return float64(count) / n
}

func TestReserves(t *testing.T) {
	tests := []struct {
		class     Class
		remaining int
		want      float64
	}{
		{Urgent, 0, 1}, {Urgent, 50, 1},
		{Change, 0, 0}, {Change, 5, 0}, {Change, 10, 1}, {Change, 50, 1},
		{Read, 12, 0}, {Read, 25, 1}, {Read, 19, 0.52},
		{Background, 25, 0}, {Background, 30, 0.2}, {Background, 49, 0.96}, {Background, 50, 1},
	}
	for _, tt := range tests {
		got := part(t, tt.class, tt.remaining)
		if math.Abs(got-tt.want) > 0.07 || (tt.want == 0 || tt.want == 1) && got != tt.want {
			t.Errorf("%v with %d left: %.2f of the calls were admitted, want %.2f", tt.class, tt.remaining, got, tt.want)
		}
	}
}

// What is unknown never refuses a call: no plan, no response yet, an expired estimate, another API,
// a plan without reserves, and a context without a class.
func TestUnknownNeverRefuses(t *testing.T) {
	background := With(t.Context(), Background)
	for _, plan := range Names() {
		b, c := newBudget(t, plan)
		if b.Admit(background, "GET", users).Refused {
			t.Errorf("%s: refused before the first response", plan)
		}
		b.Learn("GET", users, -1, 0)
		c.advance(maxAge)
		if b.Admit(background, "GET", users).Refused {
			t.Errorf("%s: refused by an expired estimate", plan)
		}
		b.Learn("GET", users, -1, 0)
		if b.Admit(background, "POST", grants).Refused {
			t.Errorf("%s: refused a call of the Authentication API", plan)
		}
		if b.Admit(t.Context(), "GET", users).Refused {
			t.Errorf("%s: refused a call without a class", plan)
		}
		free := plan == Unknown || plan == "free"
		if got := !b.Admit(background, "GET", users).Refused; got != free {
			t.Errorf("%s: an empty bucket admits a background call: %v", plan, got)
		}
		b.Learn("GET", users, -1, -1) // tells nothing
		if got := !b.Admit(background, "GET", users).Refused; got != free {
			t.Errorf("%s: a response without headers changed the estimate", plan)
		}
	}
}

func TestNoWorkIsLeftHalfDone(t *testing.T) {
	b, _ := newBudget(t, "enterprise")
	ctx := With(t.Context(), Change)
	b.Learn("GET", users, 50, 0)
	if v := b.Admit(ctx, "PATCH", users); !v.Refused || v.Class != Change {
		t.Fatalf("%+v", v)
	}
	Begin(ctx)
	if v := b.Admit(ctx, "GET", users); v.Refused || v.Class != Urgent {
		t.Errorf("after a change: %+v", v)
	}
	if !b.Admit(With(t.Context(), Change), "GET", users).Refused {
		t.Error("another request became urgent, too")
	}
	Begin(t.Context()) // without work: nothing happens
}

// An estimate counts calls of this process at once, and the refill.
func TestEstimate(t *testing.T) {
	b, c := newBudget(t, "enterprise")
	ctx := With(t.Context(), Change) // a reserve of 5
	b.Learn("GET", users, 50, 12)
	for range 2 {
		if b.Admit(ctx, "GET", users).Refused {
			t.Fatal("refused above twice the reserve")
		}
	}
	for range 200 {
		_ = b.Admit(ctx, "GET", users)
	}
	v := b.Admit(ctx, "GET", users)
	if !v.Refused {
		t.Fatal("200 calls at once were admitted with 12 tokens")
	}
	c.advance(v.Wait)
	if b.Admit(ctx, "GET", users).Refused {
		t.Errorf("refused after the wait of %v that it told", v.Wait)
	}
}

// Calls that are never refused wait for their tokens, one after the other.
func TestUrgentCallsWaitForTokens(t *testing.T) {
	for _, plan := range []string{"enterprise", "free"} {
		b, c := newBudget(t, plan)
		ctx := With(t.Context(), Urgent)
		_, bucket, _ := b.plan.Bucket("GET", users)
		b.Learn("GET", users, int(bucket.Burst), 1)
		interval := seconds(1 / bucket.Rate)
		for i, want := range []time.Duration{0, interval, 2 * interval} {
			if v := b.Admit(ctx, "GET", users); v.Refused || (v.Wait-want).Abs() > time.Microsecond {
				t.Errorf("%s, call %d: %+v, want to wait %v", plan, i, v, want)
			}
		}
		c.advance(4 * interval)
		if v := b.Admit(ctx, "GET", users); v.Wait != 0 {
			t.Errorf("%s, with a token: %+v", plan, v)
		}
	}
}

// A process that met others at a reserve remembers it for a minute, even if the bucket may be full by
// now, and forgets it as soon as it finds plenty.
func TestRememberedChance(t *testing.T) {
	b, c := newBudget(t, "enterprise")
	passing := func() int {
		n := 0
		for range 1000 {
			if l := b.levels[0]; !b.Admit(With(t.Context(), Read), "GET", users).Refused {
				b.levels[0] = l
				n++
			}
		}
		return n
	}
	b.Learn("GET", users, 50, 10)
	c.advance(30 * time.Second)
	if n := passing(); n < 60 || n > 200 {
		t.Errorf("%d of 1000 calls pass, want an eighth", n)
	}
	b.Learn("GET", users, 50, 10)
	b.Learn("GET", users, 50, 10)
	c.advance(30 * time.Second)
	if n := passing(); n > 50 {
		t.Errorf("%d of 1000 calls pass, want a 64th", n)
	}
	c.advance(30 * time.Second)
	if n := passing(); n != 1000 {
		t.Errorf("%d of 1000 calls pass after a minute", n)
	}
	b.Learn("GET", users, 50, 10)
	for range 3 {
		b.Learn("GET", users, 50, 49)
	}
	if n := passing(); n != 1000 {
		t.Errorf("%d of 1000 calls pass after plenty", n)
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
			b.levels[0].chances = [Background + 1]float64{1, 1, 1, 1}
			if got := b.Admit(With(t.Context(), Read), "GET", users).Refused; got != tt.refused {
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
		v := b.Admit(With(t.Context(), Class(random.IntN(4))), "GET", path)
		if v.Refused && v.Class == Urgent || v.Wait < 0 || v.Wait > maxAge {
			t.Fatalf("%d: %+v", i, v)
		}
		for j, l := range b.levels {
			if burst := b.plan.Buckets[j].Burst; l.tokens < -burst || l.tokens > 200 || slices.Max(l.chances[:]) > 1 {
				t.Fatalf("%d: %+v", i, l)
			}
		}
	}
}
