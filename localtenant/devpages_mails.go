package localtenant

import (
	"net/http"
	"slices"
	"strconv"

	"usher/localtenant/devpages"
)

// shownMail is a mail as the pages show it. Its number is its place in the outbox, from 1.
type shownMail struct {
	Mail
	Number int
	Sent   string
}

func (t *Tenant) mailsPage() devPage {
	return devPage{
		name: "mails", template: "mails", title: "Mails", group: "Look", text: "The mails that a real tenant would have sent", data: t.mailsData,
		forms: []devForm{{
			name: "clear", title: "Clear the outbox", text: "Deletes all mails. Their links stay valid.",
			button: "Delete all mails", done: "The outbox is empty.", do: t.deleteOutbox,
		}},
	}
}

func (t *Tenant) mailsData(r *http.Request) (any, error) {
	var all []shownMail
	for i, m := range slices.Backward(t.outbox) {
		all = append(all, shownMail{m, i + 1, m.SentAt.Format(shownTime)})
	}
	mails, pager := devpages.Paginate(all, r.URL.Query())
	return struct {
		Mails []shownMail
		Pager devpages.Pager
	}{mails, pager}, nil
}

func (t *Tenant) mailPage() devPage {
	return devPage{name: "mails/{number}", template: "mail", title: "Mail", data: func(r *http.Request) (any, error) {
		return t.mail(r)
	}}
}

// mail is the mail that a path names.
func (t *Tenant) mail(r *http.Request) (shownMail, error) {
	number, _ := strconv.Atoi(r.PathValue("number"))
	if number < 1 || number > len(t.outbox) {
		return shownMail{}, newAPIError(http.StatusNotFound, "", "There is no such mail.")
	}
	m := t.outbox[number-1]
	return shownMail{m, number, m.SentAt.Format(shownTime)}, nil
}

// mailBody shows a mail as its reader sees it.
func (t *Tenant) mailBody(w http.ResponseWriter, _ *http.Request, m shownMail) error {
	return t.devSite.RenderMail(w, devpages.Mail{Subject: m.Subject, To: m.To, Kind: m.Kind, Link: m.Link})
}
