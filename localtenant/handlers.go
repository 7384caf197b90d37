package localtenant

import (
	"encoding/json"
	"net/http"
)

// handler answers a request into a buffer, with the tenant's lock held.
type handler func(w http.ResponseWriter, r *http.Request) error

// documented is an object that the Management API shows.
type documented interface{ document() map[string]any }

// body decodes a body for a handler. The description has checked its types.
func body[T any](handle func(http.ResponseWriter, *http.Request, T) error) handler {
	return found(func(r *http.Request) (in T, err error) {
		if json.NewDecoder(r.Body).Decode(&in) != nil {
			return in, badRequest("invalid_body", "Invalid request payload JSON format")
		}
		return in, nil
	}, handle)
}

// found passes to a handler the object that a request names, or answers with the error of find.
func found[T any](
	find func(*http.Request) (T, error), handle func(http.ResponseWriter, *http.Request, T) error,
) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		object, err := find(r)
		if err != nil {
			return err
		}
		return handle(w, r, object)
	}
}

// view shows a page that can also report a problem, without one.
func view[T any](
	find func(*http.Request) (T, error), page func(w http.ResponseWriter, r *http.Request, object T, problem string) error,
) handler {
	return found(find, func(w http.ResponseWriter, r *http.Request, object T) error { return page(w, r, object, "") })
}

// show answers with the object that a request names.
func show[T documented](find func(*http.Request) (T, error)) handler {
	return found(find, func(w http.ResponseWriter, _ *http.Request, object T) error {
		return writeJSON(w, http.StatusOK, object.document())
	})
}

// documents returns the documents of the objects that fit. The result is never nil.
func documents[T documented](objects []T, fits func(T) bool) []map[string]any {
	out := []map[string]any{}
	for _, object := range objects {
		if fits(object) {
			out = append(out, object.document())
		}
	}
	return out
}

func every[T any](T) bool { return true }

// addTexts adds the texts that are not empty to a document.
func addTexts(doc map[string]any, texts map[string]string) {
	for name, text := range texts {
		if text != "" {
			doc[name] = text
		}
	}
}

func goTo(w http.ResponseWriter, r *http.Request, to string) error {
	http.Redirect(w, r, to, http.StatusFound)
	return nil
}
