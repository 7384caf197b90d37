package localtenant

import (
	"bytes"
	"cmp"
	"encoding/json"
	"hash/fnv"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// makeOdd puts an answer's members into forms that real tenants answer with beside the documented
// ones; docs/local-tenant.md says which, and where each was reported. All of them can be read: what
// they say is what the plain answer says.
func (t *Tenant) makeOdd(pattern string, w *buffer) {
	kind, ok := oddAnswers[pattern]
	if !ok || cmp.Or(w.status, http.StatusOK) >= http.StatusMultipleChoices {
		return
	}
	dec := json.NewDecoder(bytes.NewReader(w.body.Bytes()))
	dec.UseNumber() // metadata stays as it is to the last digit
	var doc any
	if dec.Decode(&doc) != nil {
		return // an empty answer, or a sentence
	}
	b, err := json.Marshal(t.oddAnswer(kind, doc))
	if err != nil {
		return
	}
	w.body.Reset()
	w.body.Write(b)
}

// oddAnswer is an answer of a kind, alone, in a list, or in a page of them.
func (t *Tenant) oddAnswer(kind oddKind, doc any) any {
	if page, ok := doc.(map[string]any); ok {
		for _, name := range []string{"users", "logs", "roles", "connections", "sessions", "authenticators"} {
			if list, ok := page[name].([]any); ok && kind.pages {
				page[name] = t.oddly(kind, "", list)
				return t.oddly(oddPage, "", page)
			}
		}
	}
	return t.oddly(kind, "", doc)
}

// oddly makes the members odd that a kind names, in an object or each of a list. Which form a
// member gets comes of the object's id: the same at each reading, another in another object.
func (t *Tenant) oddly(kind oddKind, of string, doc any) any {
	switch doc := doc.(type) {
	case []any:
		for i, element := range doc {
			doc[i] = t.oddly(kind, of, element)
		}
	case map[string]any:
		id := of + idOf(doc)
		for name, member := range doc {
			if form, ok := kind.members[name]; ok {
				doc[name] = form(seed(id, name), member)
			}
			if inner, ok := kind.nested[name]; ok {
				doc[name] = t.oddly(inner, id, member)
			}
		}
		if kind.more != nil {
			kind.more(t, doc)
		}
	}
	return doc
}

func idOf(doc map[string]any) string {
	for _, name := range []string{"user_id", "id", "_id", "sub", "name"} {
		if id, ok := doc[name].(string); ok {
			return id
		}
	}
	return ""
}

func seed(parts ...string) uint32 {
	h := fnv.New32a()
	_, _ = io.WriteString(h, strings.Join(parts, "\x00")) // writing to a hash cannot fail
	return h.Sum32()
}

// oddClaims are an ID token's claims in such forms: those of the profile alone.
func (t *Tenant) oddClaims(claims map[string]any) map[string]any {
	if !t.settings.Quirks {
		return claims
	}
	return t.oddly(oddProfile, "", claims).(map[string]any)
}

// run is a route's handler, and what quirks make of its answer.
func (t *Tenant) run(rt Route, w *buffer, r *http.Request) error {
	if err := rt.handle(w, r); err != nil {
		return err
	}
	if t.settings.Quirks {
		t.makeOdd(rt.Pattern, w)
	}
	return nil
}

// choose takes one of the forms by its seed.
func choose(seed uint32, forms ...any) any { return forms[int(seed%uint32(len(forms)))] }

// oddlyLimited is w where quirks are on and a fault does not say itself how its 429 is to look.
func (t *Tenant) oddlyLimited(w http.ResponseWriter, fault *Fault) http.ResponseWriter {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.settings.Quirks || fault != nil && (!fault.Reset.IsZero() || len(fault.Header) > 0) {
		return w
	}
	return &oddLimit{ResponseWriter: w, tenant: t, now: t.now()}
}

// oddLimit tells of a rate limit in another form each time: by Retry-After beside a reset that is
// past, by a reset in milliseconds, by Retry-After as a date, and as documented.
type oddLimit struct {
	http.ResponseWriter
	tenant *Tenant
	now    time.Time
}

// WriteHeader implements http.ResponseWriter.
func (w *oddLimit) WriteHeader(status int) {
	h := w.Header()
	reset, err := strconv.ParseInt(h.Get("X-RateLimit-Reset"), 10, 64)
	if status == http.StatusTooManyRequests && err == nil {
		switch w.tenant.odd429.Add(1) % 4 {
		case 1:
			h.Set("X-RateLimit-Reset", strconv.FormatInt(reset-3600, 10)) // by whichever clock it was made
			h.Set("Retry-After", strconv.FormatInt(max(1, reset-w.now.Unix()), 10))
		case 2:
			h.Set("X-RateLimit-Reset", strconv.FormatInt(1000*reset, 10))
		case 3:
			h.Del("X-RateLimit-Reset")
			h.Set("Retry-After", time.Unix(reset, 0).UTC().Format(http.TimeFormat))
		}
	}
	w.ResponseWriter.WriteHeader(status)
}

// Unwrap lets http.ResponseController reach the writer below.
func (w *oddLimit) Unwrap() http.ResponseWriter { return w.ResponseWriter }
