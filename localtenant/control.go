package localtenant

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"time"
)

// strict decodes a control request for a handler.
func strict[T any](handle func(http.ResponseWriter, *http.Request, T) error) handler {
	return found(func(r *http.Request) (in T, err error) {
		err = strictly(r, &in)
		return in, err
	}, handle)
}

// strictly reads a control request: one JSON object without unknown fields. A
// test that misspells a setting must get an error.
func strictly(r *http.Request, v any) error {
	dec := json.NewDecoder(r.Body)
	dec.DisallowUnknownFields()
	if err := dec.Decode(v); err != nil {
		return badRequest("invalid_body", "%v", err)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return badRequest("invalid_body", "more than one JSON value")
	}
	return nil
}

func (t *Tenant) getSettings(w http.ResponseWriter, _ *http.Request) error {
	return writeJSON(w, http.StatusOK, t.currentSettings())
}

// patchSettings lays what is sent over the settings: what is not sent stays.
func (t *Tenant) patchSettings(w http.ResponseWriter, r *http.Request) error {
	s := t.currentSettings()
	if err := strictly(r, &s); err != nil {
		return err
	}
	if err := t.apply(s); err != nil {
		return badRequest("invalid_body", "%v", err)
	}
	return t.getSettings(w, r)
}

// Now is the time by the tenant's clock.
func (t *Tenant) Now() time.Time {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.now()
}

// Advance moves the tenant's clock. Lifetimes follow it.
func (t *Tenant) Advance(d time.Duration) {
	t.locked(func() { t.offset += d })
}

func (t *Tenant) getClock(w http.ResponseWriter, _ *http.Request) error {
	return writeJSON(w, http.StatusOK, map[string]any{"now": t.now().Format(timeFormat)})
}

type clockMove struct {
	Advance Duration  `json:"advance"`
	Set     time.Time `json:"set"`
}

// moveClock takes a duration to advance by, or a time to set.
func (t *Tenant) moveClock(w http.ResponseWriter, r *http.Request, in clockMove) error {
	switch {
	case (in.Advance == 0) == in.Set.IsZero():
		return badRequest("invalid_body", "want either advance or set")
	case in.Set.IsZero():
		t.offset += time.Duration(in.Advance)
	default:
		t.offset = in.Set.Sub(t.opts.Now())
	}
	return t.getClock(w, r)
}

type newSecret struct {
	Secret string   `json:"secret"`
	During Duration `json:"during"`
}

// postSecret rotates the application's secret.
func (t *Tenant) postSecret(w http.ResponseWriter, _ *http.Request, in newSecret) error {
	if in.Secret == "" || in.During < 0 {
		return badRequest("invalid_body", "want a secret, and during not negative")
	}
	t.clients[ClientID].rotate(in.Secret, t.now(), time.Duration(in.During))
	return noContent(w)
}

// postKey rotates the signing key. Tokens signed by the former one stay good.
func (t *Tenant) postKey(w http.ResponseWriter, _ *http.Request) error {
	if err := t.rotateKey(); err != nil {
		return err
	}
	return noContent(w)
}

// postReset puts everything back to how the tenant started, its clock and
// figures included.
func (t *Tenant) postReset(w http.ResponseWriter, _ *http.Request) error {
	if err := t.startAgain(); err != nil {
		return err
	}
	return noContent(w)
}

// Reset is POST /_tenant/reset.
func (t *Tenant) Reset() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.startAgain()
}

func (t *Tenant) startAgain() error {
	t.ClearFaults()
	t.ResetStats()
	t.offset = 0
	return t.reset()
}

// postUser adds a user as an import does.
func (t *Tenant) postUser(w http.ResponseWriter, _ *http.Request, in User) error {
	id, err := t.addUser(in)
	if err != nil {
		return badRequest("invalid_body", "%v", err)
	}
	return writeJSON(w, http.StatusCreated, map[string]any{"user_id": id})
}

func (t *Tenant) getFaults(w http.ResponseWriter, _ *http.Request) error {
	return writeJSON(w, http.StatusOK, map[string]any{"faults": t.faults.all()})
}

// postFault adds a fault.
func (t *Tenant) postFault(w http.ResponseWriter, _ *http.Request, in faultWire) error {
	in.Fault.Delay = time.Duration(in.Delay)
	if err := t.checkFault(in.Fault); err != nil {
		return badRequest("invalid_body", "%v", err)
	}
	t.Fail(in.Fault)
	return noContent(w)
}

func (t *Tenant) deleteFaults(w http.ResponseWriter, _ *http.Request) error {
	t.ClearFaults()
	return noContent(w)
}
