package devpages

import "net/http"

// Mail is the body of a mail: the sentences of its kind, and its link.
type Mail struct {
	Subject, To string
	Kind        string // as in the outbox; an unknown one has the subject for a text
	Link        string // "" for none
}

// mailPolicy sandboxes a mail even where it is opened outside the frame. Its links open in a new
// page, which is not in the sandbox.
const mailPolicy = "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'self'; " +
	"form-action 'none'; base-uri 'none'; frame-ancestors 'self'"

// RenderMail writes a mail's body as a page to be framed.
func (s Site) RenderMail(w http.ResponseWriter, m Mail) error {
	w.Header().Set("X-Frame-Options", "SAMEORIGIN")
	return s.write(w, http.StatusOK, "mailbody", mailPolicy, "no-referrer", m)
}
