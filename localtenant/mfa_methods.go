package localtenant

import (
	"net/http"
	"slices"
)

type factorFields struct {
	Type      string  `json:"type"`
	Name      *string `json:"name"`
	Email     string  `json:"email"`
	Phone     string  `json:"phone_number"`
	Preferred *string `json:"preferred_authentication_method"`
	Secret    string  `json:"totp_secret"`
	KeyID     string  `json:"key_id"`
	PublicKey string  `json:"public_key"`
	Party     string  `json:"relying_party_identifier"`
}

func (t *Tenant) factorFrom(in factorFields) (*factor, error) {
	missing := ""
	switch {
	case in.Type == "email" && in.Email == "":
		missing = "email"
	case in.Type == "phone" && in.Phone == "":
		missing = "phone_number"
	case in.Type == "totp" && in.Secret == "":
		missing = "totp_secret"
	case in.Type == "webauthn-roaming" && (in.KeyID == "" || in.PublicKey == ""):
		missing = "public_key"
	}
	if missing != "" {
		return nil, badRequest("invalid_body", "Payload validation error: 'Missing required property: %s'.", missing)
	}
	f := t.newFactor(in.Type)
	f.Name, f.Email, f.Phone, f.Preferred = value(in.Name), in.Email, in.Phone, value(in.Preferred)
	f.Secret, f.KeyID, f.PublicKey, f.Party = in.Secret, in.KeyID, in.PublicKey, in.Party
	return f, nil
}

// listMethods serves GET /api/v2/users/{id}/authentication-methods. Its totals
// leave the total out when there are none, as recordings show.
func (t *Tenant) listMethods(w http.ResponseWriter, r *http.Request, u *user) error {
	isPhone := func(f *factor) bool { return f.Type == "phone" }
	items := documents(t.factors[u.ID], func(f *factor) bool { return !isPhone(f) })
	items = append(items, documents(t.factors[u.ID], isPhone)...) // phones come last
	if p := pageOf(r); p.totals && len(items) == 0 {
		return writeJSON(w, http.StatusOK, map[string]any{"authenticators": items, "start": p.start, "limit": p.limit})
	}
	return writePage(w, r, "authenticators", items)
}

func methodExists() error {
	return newAPIError(http.StatusConflict, "authentication_method_exists", "The authentication method already exists.")
}

// createMethod serves POST /api/v2/users/{id}/authentication-methods.
func (t *Tenant) createMethod(w http.ResponseWriter, r *http.Request, in factorFields) error {
	u, err := t.user(r)
	if err != nil {
		return err
	}
	f, err := t.factorFrom(in)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(t.factors[u.ID], f.clashes) {
		return methodExists()
	}
	t.factors[u.ID] = append(t.factors[u.ID], f)
	doc := f.created(true)
	if f.Type == "totp" {
		doc["totp_secret"] = f.Secret
	}
	return writeJSON(w, http.StatusCreated, doc)
}

// clashes reports whether two factors are the same thing.
func (f *factor) clashes(other *factor) bool {
	same := func(a, b string) bool { return a != "" && a == b }
	return f.Type == other.Type && (same(f.Email, other.Email) || same(f.Phone, other.Phone) ||
		same(f.KeyID, other.KeyID) || same(f.Secret, other.Secret))
}

// replaceMethods serves PUT /api/v2/users/{id}/authentication-methods.
func (t *Tenant) replaceMethods(w http.ResponseWriter, r *http.Request, in []factorFields) error {
	id := r.PathValue("id")
	if _, ok := t.users.get(id); !ok {
		return badRequest("inexistent_user", "The user does not exist.")
	}
	list, docs := []*factor{}, []map[string]any{}
	for _, fields := range in {
		f, err := t.factorFrom(fields)
		if err != nil {
			return err
		}
		if slices.ContainsFunc(list, f.clashes) {
			return methodExists()
		}
		list, docs = append(list, f), append(docs, f.created(false))
	}
	t.factors[id] = list
	return writeJSON(w, http.StatusOK, docs)
}

// deleteMethods serves DELETE /api/v2/users/{id}/authentication-methods and
// …/authenticators.
func (t *Tenant) deleteMethods(w http.ResponseWriter, r *http.Request) error {
	t.removeFactors(r.PathValue("id"), every)
	return noContent(w)
}

// method finds the factor that a path names.
func (t *Tenant) method(r *http.Request) (*factor, error) {
	u, err := t.user(r)
	if err != nil {
		return nil, err
	}
	for _, f := range t.factors[u.ID] {
		if f.id() == r.PathValue("authentication_method_id") {
			return f, nil
		}
	}
	return nil, newAPIError(http.StatusNotFound,
		"authentication_method_not_found", "The authentication method does not exist.")
}

// updateMethod serves PATCH /api/v2/users/{id}/authentication-methods/{authentication_method_id}.
func (t *Tenant) updateMethod(w http.ResponseWriter, r *http.Request, in factorFields) error {
	f, err := t.method(r)
	if err != nil {
		return err
	}
	if in.Preferred != nil && f.Type != "phone" {
		return badRequest("invalid_body",
			"preferred_authentication_method is only for authentication methods of type phone.")
	}
	if in.Name != nil {
		f.Name = *in.Name
	}
	if in.Preferred != nil {
		f.Preferred = *in.Preferred
	}
	return writeJSON(w, http.StatusOK, f.created(true))
}

// deleteMethod serves DELETE /api/v2/users/{id}/authentication-methods/{authentication_method_id}.
func (t *Tenant) deleteMethod(w http.ResponseWriter, r *http.Request, gone *factor) error {
	t.removeFactors(r.PathValue("id"), func(f *factor) bool { return f == gone })
	return noContent(w)
}
