package localtenant

import (
	"net/http"
	"slices"
	"time"
)

// Mail is a message that a real tenant would have sent.
type Mail struct {
	To      string    `json:"to"`
	Kind    string    `json:"kind"` // verify_email, reset_email, enrollment_email, import_email
	Subject string    `json:"subject"`
	Link    string    `json:"link"` // what the user would click
	SentAt  time.Time `json:"sent_at"`
}

func (t *Tenant) send(m Mail) {
	m.SentAt = t.now()
	t.outbox = append(t.outbox, m)
}

// Outbox returns the mail that was sent, oldest first.
func (t *Tenant) Outbox() []Mail {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.runImports() // which send mail at their end
	return slices.Clone(t.outbox)
}

func (t *Tenant) getOutbox(w http.ResponseWriter, _ *http.Request) error {
	return writeJSON(w, http.StatusOK, map[string]any{"messages": append([]Mail{}, t.outbox...)})
}

func (t *Tenant) deleteOutbox(w http.ResponseWriter, _ *http.Request) error {
	t.outbox = nil
	return noContent(w)
}
