package web

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"

	"usher/cmd/internal/console/usher"
)

// metadataKind is one of the two documents of a user.
type metadataKind struct {
	section string // also the resource of Usher
	action  string
	title   string
	about   string
}

var (
	userMetadata = metadataKind{
		"metadata", "save-metadata", "Metadata", "Data that users may change themselves, in JSON. Other applications write here, too.",
	}
	companyMetadata = metadataKind{
		"app-metadata", "save-app-metadata", "Company metadata", "Data that only the company changes, in JSON. Applications decide by it.",
	}
)

// metadataBody is the data of the sections with metadata.
type metadataBody struct {
	Title, About, Section, Action string
	Text                          string // in the editor
	ETag                          string
	Failure                       *notice // the document could not be read
	Fault                         *notice // what is wrong with the text
	Current                       string  // the current document, where it conflicts with the text
	Diff                          []difference
	Review                        bool
}

func (k metadataKind) body() metadataBody {
	return metadataBody{Title: k.title, About: k.about, Section: k.section, Action: k.action}
}

// read returns the document as indented text, and its ETag.
func (k metadataKind) read(s *Site, r *http.Request, actor, id string) (text, etag string, err error) {
	raw, got, err := usher.Read[usher.Document](r.Context(), s.Usher, actor, usher.Path(k.section, id), nil)
	if err != nil {
		return "", "", err
	}
	var out bytes.Buffer
	if err := json.Indent(&out, raw, "", "  "); err != nil {
		return "", "", err
	}
	return out.String(), got.Header.Get("ETag"), nil
}

func (s *Site) readMetadata(r *http.Request, v visit, t target) any {
	return userMetadata.show(s, r, v, t)
}

func (s *Site) readAppMetadata(r *http.Request, v visit, t target) any {
	return companyMetadata.show(s, r, v, t)
}

func (k metadataKind) show(s *Site, r *http.Request, v visit, t target) any {
	body := k.body()
	var err error
	body.Text, body.ETag, err = k.read(s, r, v.person.User.ID, t.User.ID)
	body.Failure = s.failure(err)
	return body
}

// save shows the differences first, and replaces the document after the second form. It needs
// the ETag of the page with the editor.
func (k metadataKind) save(s *Site, c change) (outcome, error) {
	body := k.body()
	body.Text, body.ETag = c.r.PostForm.Get("json"), c.r.PostForm.Get("etag")
	current, etag, err := k.read(s, c.r, c.person.User.ID, c.target.User.ID)
	if err != nil {
		return outcome{}, err
	}
	before, _ := parseObject(current)
	after, fault := parseObject(body.Text)
	if fault != "" {
		body.Fault = &notice{Kind: "bad", Text: fault + " Nothing was done.", Cure: "Correct the text."}
		return outcome{page: "metadata", status: http.StatusUnprocessableEntity, data: body}, nil
	}
	body.Diff = differences("", before, after)
	switch {
	case body.ETag != etag:
		return body.conflict(current, etag), nil
	case len(body.Diff) == 0:
		return outcome{notice: notice{Kind: "good", Text: "Nothing was changed, because the text has the current values."}}, nil
	case c.r.PostForm.Get("step") == "edit":
		return outcome{page: "metadata", data: body}, nil
	case c.r.PostForm.Get("step") != "save":
		body.Review = true
		return outcome{page: "metadata", data: body}, nil
	}
	got, err := s.Usher.Do(c.r.Context(), usher.Call{
		Method: http.MethodPut, Path: usher.Path(k.section, c.target.User.ID), Body: json.RawMessage(body.Text), Actor: c.person.User.ID,
		Header: http.Header{"If-Match": {etag}},
	})
	if usher.Is(err, "precondition-failed") {
		if current, etag, err = k.read(s, c.r, c.person.User.ID, c.target.User.ID); err != nil {
			return outcome{}, err
		}
		return body.conflict(current, etag), nil
	}
	if p, ok := errors.AsType[*usher.Problem](err); ok && p.Status < http.StatusInternalServerError && p.Code != "partly-updated" {
		body.Fault = s.failure(err)
		return outcome{page: "metadata", status: http.StatusUnprocessableEntity, data: body}, nil
	}
	return good(got, k.title+": the new values are stored."), err
}

// conflict shows the text beside the document that was changed in the meantime.
func (b metadataBody) conflict(current, etag string) outcome {
	b.Current, b.ETag = current, etag
	before, _ := parseObject(current)
	after, _ := parseObject(b.Text)
	b.Diff = differences("", before, after)
	return outcome{page: "metadata", status: http.StatusConflict, data: b}
}

// parseObject reads a JSON object, or says what is wrong with the text. Numbers keep their digits.
func parseObject(text string) (map[string]any, string) {
	decoder := json.NewDecoder(bytes.NewReader([]byte(text)))
	decoder.UseNumber()
	var out map[string]any
	if err := decoder.Decode(&out); err != nil {
		if syntax, ok := errors.AsType[*json.SyntaxError](err); ok {
			return nil, "The text is not JSON: " + syntax.Error() + "."
		}
		return nil, "The text is not one JSON object."
	}
	if _, err := decoder.Token(); out == nil || !errors.Is(err, io.EOF) {
		return nil, "The text is not one JSON object."
	}
	return out, ""
}
