package web

import (
	"errors"
	"net/http"
	"slices"
	"strings"

	"usher/cmd/internal/console/usher"
)

// field is an input of a form.
type field struct {
	Name, Label string
	Type        string // of the input
	Value       string
	Now         string // the user's current value, where it conflicts with the typed one
	Fault       string
}

// editBody is the data of the section that changes the profile.
type editBody struct {
	ETag     string
	Fields   []field
	Conflict bool
	Failure  *notice
}

// profileFields returns the inputs with a user's values. A username and a phone number can be
// changed only where the connection has them.
func profileFields(u usher.User) []field {
	fields := []field{
		{Name: "name", Label: "Name", Type: "text", Value: u.Name},
		{Name: "given_name", Label: "Given name", Type: "text", Value: u.GivenName},
		{Name: "family_name", Label: "Family name", Type: "text", Value: u.FamilyName},
		{Name: "nickname", Label: "Nickname", Type: "text", Value: u.Nickname},
		{Name: "email", Label: "Email address", Type: "email", Value: u.Email},
	}
	if u.Username != "" {
		fields = append(fields, field{Name: "username", Label: "Username", Type: "text", Value: u.Username})
	}
	if u.PhoneNumber != "" {
		fields = append(fields, field{Name: "phone_number", Label: "Phone number", Type: "tel", Value: u.PhoneNumber})
	}
	return fields
}

func (s *Site) readEdit(_ *http.Request, _ visit, t target) any {
	return editBody{ETag: t.ETag, Fields: profileFields(t.User)}
}

// editProfile changes the members that the form changes. It needs the ETag of the form's page.
func editProfile(s *Site, c change) (outcome, error) {
	patch, body := c.profilePatch()
	switch {
	case c.r.PostForm.Get("etag") != c.target.ETag:
		return body.conflict(c.target), nil
	case len(patch) == 0:
		return outcome{notice: notice{Kind: "good", Text: "Nothing was changed, because the form has the current values."}}, nil
	}
	if _, changed := patch["email"].(string); changed && c.r.PostForm.Get("verify_email") == "yes" {
		patch["verify_email"] = true
	}
	got, err := s.Usher.Do(c.r.Context(), usher.Call{
		Method: http.MethodPatch, Path: usher.Path("users", c.target.User.ID), Body: patch, Actor: c.person.User.ID,
		Header: http.Header{"If-Match": {c.target.ETag}},
	})
	if usher.Is(err, "precondition-failed") {
		now, err := s.readTarget(c.r.Context(), c.person, c.target.User.ID)
		if err != nil {
			return outcome{}, &notBegun{err}
		}
		return body.conflict(now), nil
	}
	if p, ok := errors.AsType[*usher.Problem](err); ok && p.Status < http.StatusInternalServerError && p.Code != "partly-updated" {
		s.logCall(err)
		body.Failure = faultyForm(p, body.Fields)
		return outcome{page: "edit", status: http.StatusUnprocessableEntity, data: body}, nil
	}
	done := good(got, "The profile is changed.")
	done.to = usher.Path("users", c.target.User.ID)
	return done, err
}

// profilePatch compares the form with the user as just read.
func (c change) profilePatch() (map[string]any, editBody) {
	patch, body := map[string]any{}, editBody{ETag: c.target.ETag, Fields: profileFields(c.target.User)}
	for i, f := range body.Fields {
		if !c.r.PostForm.Has(f.Name) {
			continue
		}
		typed := strings.TrimSpace(c.r.PostForm.Get(f.Name))
		body.Fields[i].Value = typed
		if typed == f.Value {
			continue
		}
		patch[f.Name] = typed
		if typed == "" {
			patch[f.Name] = nil // removes it
		}
	}
	return patch, body
}

// conflict shows the typed values beside those of a user who was changed in the meantime.
func (b editBody) conflict(now target) outcome {
	b.Conflict, b.ETag = true, now.ETag
	for i, f := range profileFields(now.User) {
		if i < len(b.Fields) && b.Fields[i].Name == f.Name && b.Fields[i].Value != f.Value {
			b.Fields[i].Now = f.Value
			if f.Value == "" {
				b.Fields[i].Now = "(empty)"
			}
		}
	}
	return outcome{page: "edit", status: http.StatusConflict, data: b}
}

// faultyForm marks the inputs that a problem names, and returns the summary above the form.
func faultyForm(p *usher.Problem, fields []field) *notice {
	n := explain(p)
	n.Kind, n.Focus, n.Details = "bad", true, nil
	for _, fault := range p.Errors {
		i := slices.IndexFunc(fields, func(f field) bool { return f.Name == fault.Field })
		if i < 0 {
			n.Details = append(n.Details, strings.TrimPrefix(fault.Field+": "+fault.Detail, ": "))
			continue
		}
		fields[i].Fault = fault.Detail
		n.Inputs = append(n.Inputs, fields[i])
	}
	return &n
}
