package console_test

import (
	"net/url"
	"slices"
	"strings"
	"testing"

	"usher/localtenant"
)

func TestEditProfile(t *testing.T) {
	w := newWorld(t)
	b := w.staff(adminEmail)
	path := userPath(customerID, "edit")
	old := w.etag("/users/" + url.PathEscape(customerID))
	b.post(path, url.Values{"etag": {old}, "name": {"Ada Lovelace"}, "nickname": {"ada"}}).has(t, "Nothing was changed")
	p := b.post(path, url.Values{"etag": {old}, "name": {" Ada King "}, "nickname": {""}, "email": {"ada.king@example.com"}, "verify_email": {"yes"}})
	p.has(t, "The profile is changed.", "Request <code>")
	u := w.user(customerID)
	if u["name"] != "Ada King" || u["email"] != "ada.king@example.com" || u["given_name"] != "Ada" || w.mails("verify_email", "ada.king@example.com") != 1 {
		t.Errorf("%v", u)
	}

	conflict := b.post(path, url.Values{"etag": {old}, "name": {"Ada Byron"}})
	if conflict.status != 409 || w.user(customerID)["name"] != "Ada King" {
		t.Errorf("%d %v", conflict.status, w.user(customerID)["name"])
	}
	conflict.has(t, "changed in the meantime", `value="Ada Byron"`, "Current value: <strong><bdi>Ada King</bdi>", w.etagField(customerID))

	invalid := b.post(path, url.Values{"etag": {w.etag("/users/" + url.PathEscape(customerID))}, "email": {"not an address"}})
	if invalid.status != 422 {
		t.Errorf("%d", invalid.status)
	}
	invalid.has(t, "did not accept the input", `value="not an address"`, `aria-invalid="true" aria-describedby="email-fault"`)
	taken := b.post(path, url.Values{"etag": {w.etag("/users/" + url.PathEscape(customerID))}, "email": {"grace@example.com"}})
	taken.has(t, "Another user has this address")
}

// etagField is the hidden input with a user's current ETag.
func (w *world) etagField(id string) string {
	return `name="etag" value="` + strings.ReplaceAll(w.etag("/users/"+url.PathEscape(id)), `"`, "&#34;") + `"`
}

func TestDelete(t *testing.T) {
	w := newWorld(t)
	b := w.staff(adminEmail)
	for _, typed := range []string{"", "Ada Lovelace", "ADA@example.com", "ada@example.co"} {
		b.post(userPath(customerID, "delete"), url.Values{"confirm": {typed}}).has(t, "nothing was deleted")
		if w.user(customerID) == nil {
			t.Fatalf("%q deletes the user", typed)
		}
	}
	p := b.post(userPath(customerID, "delete"), url.Values{"confirm": {" ada@example.com "}})
	p.has(t, "The user ada@example.com is deleted.")
	if w.user(customerID) != nil || p.url != w.url+"/users" {
		t.Errorf("at %s", p.url)
	}
	if _, err := w.tenant.Tenant.AddUser(localtenant.User{UserID: "sms|1", PhoneNumber: "+14155550123", Name: "Two  spaces", Connection: "sms"}); err != nil {
		t.Fatal(err)
	}
	if b.post(userPath("sms|1", "delete"), url.Values{"confirm": {"Two spaces"}}); w.user("sms|1") != nil {
		t.Error("the name is not enough for a user without an address")
	}
}

// Roles are given and taken only by those who have all of their permissions.
func TestRolesUpwards(t *testing.T) {
	const support, admin, plain = "rol_Local00000000003", "rol_Local00000000004", "rol_Local00000000001"
	w := newWorld(t)
	b := w.staff(clerkEmail)
	path := userPath(customerID, "set-roles")
	b.get(userPath(customerID, "roles")).has(t, "Needs permissions that you do not have")
	for _, role := range []string{support, admin} {
		if p := b.post(path, url.Values{"role": {role, plain}}); p.status != 403 || len(w.roles(customerID)) != 0 {
			t.Errorf("%d, roles %q", p.status, w.roles(customerID))
		}
	}
	b.post(path, url.Values{"role": {"rol_none"}}).has(t, "does not exist any more")
	b.post(path, url.Values{"role": {plain}}).has(t, "The roles are set.")
	if got := w.roles(customerID); !slices.Equal(got, []string{"admin"}) {
		t.Errorf("roles %q", got)
	}
	b.post(path, url.Values{"role": {}}).has(t, "changed in the meantime")
	if p := b.post(path, url.Values{"had": {plain}}); !slices.Equal(w.roles(customerID), nil) {
		t.Errorf("roles %q: %s", w.roles(customerID), p.body)
	}
	w.giveRole(customerID, support)
	if p := b.post(path, url.Values{"had": {support}}); p.status != 403 || len(w.roles(customerID)) != 1 {
		t.Errorf("a role was taken from above: %d %q", p.status, w.roles(customerID))
	}
	if p := b.post(userPath(clerkID, "set-roles"), url.Values{"role": {plain}}); p.status != 403 {
		t.Errorf("own roles: %d", p.status)
	}
}

func TestInvite(t *testing.T) {
	w := newWorld(t)
	b := w.staff(clerkEmail)
	key := func() string { return b.get("/invite").key("/invite") }
	first := key()
	p := b.post("/invite", url.Values{"key": {first}, "email": {"mia@example.com"}, "name": {"Mia"}, "how": {"email"}})
	p.has(t, "mails the invitation to mia@example.com", "Mia")
	if w.mails("reset_email", "mia@example.com") != 1 {
		t.Errorf("mails: %v", w.tenant.Tenant.Outbox())
	}
	if again := b.post("/invite", url.Values{"key": {first}, "email": {"mia@example.com"}, "name": {"Mia"}, "how": {"email"}}); again.status != 409 {
		t.Errorf("sent twice: %d", again.status)
	}
	taken := b.post("/invite", url.Values{"key": {key()}, "email": {"ada@example.com"}, "how": {"email"}})
	taken.has(t, "Another user has this address", `value="ada@example.com"`)
	wrong := b.post("/invite", url.Values{"key": {key()}, "email": {"none"}, "how": {"link"}})
	wrong.has(t, `aria-describedby="email-fault"`, `value="link" checked`)

	link := b.post("/invite", url.Values{"key": {key()}, "email": {"ben@example.com"}, "how": {"link"}})
	link.has(t, "The link is shown only now.", "ticket=")
	if strings.Contains(link.url, "ben") || link.header.Get("Cache-Control") != "no-store" {
		t.Errorf("the link is at %s, %v", link.url, link.header)
	}
	auditor := w.staff(supportEmail)
	auditor.get("/users").lacks(t, `href="/invite"`)
	w.tenant.Tenant.ResetStats()
	if p := auditor.get("/invite"); p.status != 403 {
		t.Errorf("the form: %d", p.status)
	}
	if p := auditor.post("/invite", url.Values{"key": {"x"}, "email": {"eve@example.com"}}); p.status != 403 || w.writes() != 0 {
		t.Errorf("invited: %d", p.status)
	}
}

// After a failure, the form keeps its key: it creates one user.
func TestInviteAfterAFailure(t *testing.T) {
	w := newWorld(t)
	b := w.staff(clerkEmail)
	key := b.get("/invite").key("/invite")
	form := url.Values{"key": {key}, "email": {"mia@example.com"}, "how": {"email"}}
	w.tenant.Tenant.Fail(localtenant.Fault{Route: "POST /dbconnections/change_password", Status: 400})
	failed := b.post("/invite", form)
	failed.has(t, "Only a part of this was done.")
	if failed.key("/invite") != key {
		t.Error("the form has another key")
	}
	w.tenant.Tenant.ClearFaults()
	b.post("/invite", form).has(t, "mails the invitation to mia@example.com")
	if found := w.list("/api/v2/users-by-email?email=mia%40example.com"); w.mails("reset_email", "mia@example.com") != 1 || len(found) > 1 {
		t.Errorf("users %v, mails %v", found, w.tenant.Tenant.Outbox())
	}
}

// A repeated invitation shows no link to the account of a user who is now above the person.
func TestInviteUpwards(t *testing.T) {
	w := newWorld(t)
	b := w.staff(clerkEmail)
	key := b.get("/invite").key("/invite")
	form := url.Values{"key": {key}, "email": {"mia@example.com"}, "connection": {"staff"}, "how": {"link"}}
	w.tenant.Tenant.Fail(localtenant.Fault{Route: "POST /api/v2/tickets/password-change", Status: 400})
	b.post("/invite", form).has(t, "Only a part of this was done.")
	w.tenant.Tenant.ClearFaults()
	w.giveRole(w.idOf("mia@example.com"), "rol_Local00000000004")
	p := b.post("/invite", form)
	p.has(t, "The link is not shown.")
	p.lacks(t, "ticket=")
}

// idOf returns the ID of the user with an address.
func (w *world) idOf(email string) string {
	w.Helper()
	found := w.list("/api/v2/users-by-email?email=" + url.QueryEscape(email))
	if len(found) != 1 {
		w.Fatalf("%d users have the address", len(found))
	}
	id, _ := found[0]["user_id"].(string)
	return id
}

func TestMetadata(t *testing.T) {
	w := newWorld(t)
	b := w.staff(adminEmail)
	path := userPath(customerID, "save-app-metadata")
	w.setUser(customerID, map[string]any{"app_metadata": map[string]any{"plan": "pro", "limits": map[string]any{"seats": 5, "days": 3}, "old": true}})
	etag := w.etag("/app-metadata/" + url.PathEscape(customerID))
	text := `{"plan":"gold","limits":{"seats":5,"days":4},"big":1234567890123456}`
	review := b.post(path, url.Values{"etag": {etag}, "json": {text}, "step": {"review"}})
	for _, row := range []string{
		`<bdi>plan</bdi> <span class="badge">changed</span></th><td data-label="Now"><code>&#34;pro&#34;</code></td><td data-label="Then"><code>&#34;gold&#34;</code>`,
		`<bdi>limits.days</bdi> <span class="badge">changed</span></th><td data-label="Now"><code>3</code></td><td data-label="Then"><code>4</code>`,
		`<bdi>old</bdi> <span class="badge">removed</span></th><td data-label="Now"><code>true</code></td><td data-label="Then"><span class="soft">not there`,
		`<bdi>big</bdi> <span class="badge">added</span></th><td data-label="Now"><span class="soft">not there</span></td><td data-label="Then"><code>1234567890123456</code>`,
	} {
		review.has(t, row)
	}
	review.lacks(t, "<bdi>limits.seats</bdi>")
	if w.user(customerID)["app_metadata"].(map[string]any)["plan"] != "pro" {
		t.Error("the review has changed the document")
	}
	for wrong, told := range map[string]string{`{"a":`: "not one JSON object", `[]`: "not one JSON object", `{} {}`: "not one JSON object", `{}}`: "not one JSON object", `null`: "not one JSON object", `{a}`: "not JSON"} {
		p := b.post(path, url.Values{"etag": {etag}, "json": {wrong}, "step": {"save"}})
		if p.has(t, told); p.status != 422 {
			t.Errorf("%s: %d", wrong, p.status)
		}
	}

	// Another front-end changes the document: both versions are shown, and nothing is done.
	w.setUser(customerID, map[string]any{"app_metadata": map[string]any{"plan": "free"}})
	conflict := b.post(path, url.Values{"etag": {etag}, "json": {`{"plan":"gold"}`}, "step": {"save"}})
	if conflict.status != 409 || w.user(customerID)["app_metadata"].(map[string]any)["plan"] != "free" {
		t.Errorf("%d", conflict.status)
	}
	conflict.has(t, "changed in the meantime", `&#34;plan&#34;: &#34;free&#34;`, `{&#34;plan&#34;:&#34;gold&#34;}`)
	now := w.etag("/app-metadata/" + url.PathEscape(customerID))
	conflict.has(t, strings.ReplaceAll(now, `"`, "&#34;"))
	b.post(path, url.Values{"etag": {now}, "json": {`{"plan":"gold"}`}, "step": {"save"}}).has(t, "the new values are stored")
	if got := w.user(customerID)["app_metadata"].(map[string]any); got["plan"] != "gold" || len(got) != 1 {
		t.Errorf("%v", got)
	}
	now = w.etag("/app-metadata/" + url.PathEscape(customerID))
	b.post(path, url.Values{"etag": {now}, "json": {"{\"plan\":\r\n\"gold\"}"}, "step": {"review"}}).has(t, "Nothing was changed")
}

// Hostile texts in metadata and roles break no page.
func TestHostileDocuments(t *testing.T) {
	pages := func(w *world, b *browser, text string) (all []map[string]int) {
		for _, section := range []string{"metadata", "app-metadata", "roles", "identities", "edit", ""} {
			all = append(all, tags(t, b.get(userPath(customerID, strings.Fields(section)...)).body))
		}
		path, etag := userPath(customerID, "save-metadata"), w.etag("/metadata/"+url.PathEscape(customerID))
		for _, form := range []url.Values{
			{"etag": {etag}, "json": {`{"a":` + quoted(text) + `,"b":1}`}}, {"etag": {"old"}, "json": {`{"a":` + quoted(text) + `,"b":1}`}}, {"etag": {etag}, "json": {text + "!"}},
		} {
			all = append(all, tags(t, b.post(path, form).body))
		}
		return append(all, tags(t, b.post("/invite", url.Values{"key": {b.get("/invite").key("/invite")}, "email": {text}, "name": {text + "\x00"}}).body))
	}
	start := newWorld(t)
	prepare := func(text string) (*world, *browser) {
		w := start.in(t)
		w.setUser(customerID, map[string]any{"user_metadata": map[string]any{"a": text}, "app_metadata": map[string]any{"b": []any{text}}, "name": text, "nickname": text})
		w.giveRole(customerID, w.tenant.Tenant.AddRole(text, text))
		return w, w.staff(adminEmail)
	}
	w, b := prepare("Harmless")
	want := pages(w, b, "Harmless")
	for name, text := range hostile {
		t.Run(name, func(t *testing.T) {
			w, b := prepare(text)
			for i, got := range pages(w, b, text) {
				for tag, count := range want[i] {
					if got[tag] != count {
						t.Errorf("page %d has %d of <%s>, not %d", i, got[tag], tag, count)
					}
				}
			}
		})
	}
}
