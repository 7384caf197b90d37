package web

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math/big"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"usher/cmd/internal/console/strict"
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
		return outcome{}, &notBegun{err}
	}
	before, _ := parseObject(current)
	after, fault := parseObject(body.Text)
	if fault != "" {
		body.Fault = &notice{Kind: "bad", Text: fault + " Nothing was done.", Cure: "Correct the text.", Focus: true}
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
			return outcome{}, &notBegun{err}
		}
		return body.conflict(current, etag), nil
	}
	if p, ok := errors.AsType[*usher.Problem](err); ok && p.Status < http.StatusInternalServerError && p.Code != "partly-updated" {
		body.Fault = s.failure(err)
		body.Fault.Focus = true
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
	object, err := strict.Object([]byte(text))
	if err != nil {
		return nil, "The text " + err.Error() + "."
	}
	if number := inexact(object); number != "" {
		return nil, fmt.Sprintf("The number %.50s would lose digits. Put it in quotation marks to keep them.", number)
	}
	return object, ""
}

// inexact returns a number that cannot be stored as it is written; "" for none. The provider
// stores the doubles of IEEE 754.
func inexact(value any) string {
	switch value := value.(type) {
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(value)) {
			if number := inexact(value[name]); number != "" {
				return number
			}
		}
	case []any:
		for _, item := range value {
			if number := inexact(item); number != "" {
				return number
			}
		}
	case json.Number:
		if !exact(value) {
			return value.String()
		}
	}
	return ""
}

// maxNumber is longer than any double. It also bounds the work that a number can cause.
const maxNumber = 40

func exact(number json.Number) bool {
	double, err := number.Float64()
	if err != nil || len(number) > maxNumber {
		return false
	}
	digits, _, _ := strings.Cut(strings.ToLower(number.String()), "e")
	if double == 0 { // a tiny number has become 0
		return !strings.ContainsAny(digits, "123456789")
	}
	written, ok := new(big.Rat).SetString(number.String())
	stored, _ := new(big.Rat).SetString(strconv.FormatFloat(double, 'g', -1, 64))
	return ok && written.Cmp(stored) == 0
}
