package traffic

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"usher/localtenant"
)

const (
	get, post, put, patch, del = http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete
)

// drafts writes the requests of each operation.
var drafts = map[string]func(*draft) error{
	"listusers": func(d *draft) error {
		d.ask(get, []string{"/users?limit=10", "/users?email=" + url.QueryEscape(d.email())}[d.n%2], "")
		return nil
	},
	"createuser":        create,
	"deleteuserbyemail": gone(func(d *draft) error { d.ask(del, "/users?email="+url.QueryEscape(d.email()), ""); return nil }),
	"getuser":           tells(of(get, "/users/", ""), (*draft).email),
	"updateuser":        then(of(patch, "/users/", `{"name":"Changed"}`), func(u user) bool { return u.Name == "Changed" }),
	"deleteuser":        gone(of(del, "/users/", "")),

	"login":    func(d *draft) error { d.ask(get, "/login", ""); return nil },
	"callback": callback,
	"logout":   func(d *draft) error { d.ask(get, "/logout", ""); return nil },
	"refreshtoken": ofTokens("/token", func(a account) any {
		return map[string]string{"refresh_token": a.Tokens.RefreshToken}
	}),
	"introspect": ofTokens("/introspect", func(a account) any { return map[string]string{"token": a.Tokens.IDToken} }),

	"resetpassword": func(d *draft) error {
		d.ask(post, "/password-resets", fmt.Sprintf(`{"email":%q}`, d.email()))
		return nil
	},
	"createpasswordticket":     inBody("/password-tickets"),
	"sendverificationemail":    inBody("/verification-emails"),
	"createverificationticket": inBody("/verification-tickets"),
	"getverificationemail": func(d *draft) error {
		var job struct{ ID string }
		_, err := d.Admin.Call(post, "/jobs/verification-email", fmt.Sprintf(`{"user_id":%q}`, d.id), &job)
		d.ask(get, "/verification-emails/"+url.PathEscape(job.ID), "")
		return err
	},

	"getmetadata":     of(get, "/metadata/", ""),
	"updatemetadata":  then(of(patch, "/metadata/", `{"a":"changed"}`), func(u user) bool { return u.Metadata["a"] == "changed" }),
	"replacemetadata": then(of(put, "/metadata/", `{"a":"changed"}`), func(u user) bool { return u.Metadata["a"] == "changed" && len(u.Metadata) == 1 }),

	"getappmetadata":     of(get, "/app-metadata/", ""),
	"updateappmetadata":  then(of(patch, "/app-metadata/", `{"a":"changed"}`), func(u user) bool { return u.AppMetadata["a"] == "changed" }),
	"replaceappmetadata": then(of(put, "/app-metadata/", `{"a":"changed"}`), func(u user) bool { return u.AppMetadata["a"] == "changed" }),

	"blockuser": then(of(put, "/blocks/", ""), func(u user) bool { return u.blocked() }),
	"unblockuser": then(func(d *draft) error {
		d.ask(del, "/blocks/"+d.path, "")
		return d.Admin.change(patch, "/users/"+d.path, `{"blocked":true}`)
	}, func(u user) bool { return !u.blocked() }),
	"getloginblocks":    of(get, "/login-blocks/", ""),
	"deleteloginblocks": of(del, "/login-blocks/", ""),

	"getmfa":   enrolled(func(d *draft, _ string) { d.ask(get, "/mfa/"+d.path, "") }),
	"resetmfa": listed(enrolled(func(d *draft, _ string) { d.ask(del, "/mfa/"+d.path, "") }), "/authentication-methods", 0),
	"enrollmfa": func(d *draft) error {
		d.ask(post, "/mfa/"+d.path+"/enrollments", `{"allow_multiple":true}`)
		return nil
	},
	"deletemfamethod": listed(enrolled(func(d *draft, method string) {
		d.ask(del, "/mfa/"+d.path+"/methods/"+url.PathEscape(method), "")
	}), "/authentication-methods", 0),
	"createrecoverycode": enrolled(func(d *draft, _ string) { d.ask(post, "/mfa/"+d.path+"/recovery-code", "") }),

	"listconnections": func(d *draft) error { d.ask(get, "/connections", ""); return nil },
	"listidentities":  of(get, "/identities/", ""),
	"linkidentity":    link,
	"unlinkidentity":  unlink,

	"listsessions": of(get, "/sessions/", ""),
	"endsessions":  signedIn(func(d *draft, _ string) { d.ask(del, "/sessions/"+d.path, "") }),
	"endsession": signedIn(func(d *draft, session string) {
		d.ask(del, "/sessions/"+d.path+"/"+url.PathEscape(session), "")
	}),

	"listroles":       func(d *draft) error { d.ask(get, "/roles", ""); return nil },
	"getuserroles":    holder(get, "", 1),
	"setuserroles":    holder(put, `{"roles":["admin","support"]}`, 2),
	"removeuserroles": holder(del, "", 0),
	"listevents":      of(get, "/events/", ""),
}

// create creates a user, two of three times under a key. Its own fresh user is not used.
func create(d *draft) error {
	d.Once = fmt.Sprintf("Created %d", d.n)
	email := fmt.Sprintf("created-%d@traffic.example.com", d.n)
	d.ask(post, "/users", fmt.Sprintf(`{"email":%q,"name":%q,"password":%q}`, email, d.Once, localtenant.SamplePassword))
	d.Secrets = append(d.Secrets, email)
	if d.n%3 != 0 {
		d.Header.Set("Idempotency-Key", fmt.Sprintf("key-%d", d.n))
	}
	d.Holds = func(a Answer) error {
		var told struct{ ID string }
		if err := json.Unmarshal([]byte(a.Body), &told); err != nil {
			return err
		}
		u, err := d.Admin.user(told.ID)
		if err == nil && u.Name != d.Once {
			err = fmt.Errorf("the tenant's user %s is %q", told.ID, u.Name)
		}
		return err
	}
	return nil
}

func callback(d *draft) error {
	in, err := d.signIn("", d.email())
	d.ask(get, in.Target, "")
	d.Header.Set("Cookie", in.Cookie)
	code, _ := url.Parse(in.Target)
	d.Secrets = append(d.Secrets, code.Query().Get("code"), in.Cookie)
	d.Holds = func(a Answer) error {
		var told account
		if err := json.Unmarshal([]byte(a.Body), &told); err != nil || told.Account.ID != d.id {
			return fmt.Errorf("signed in as %q, want %q: %w", told.Account.ID, d.id, err)
		}
		return nil
	}
	return err
}

// ofTokens sends a member of the tokens of a sign-in.
func ofTokens(path string, body func(account) any) func(*draft) error {
	return func(d *draft) error {
		a, _, err := d.signedIn("", d.email())
		text, _ := json.Marshal(body(a))
		d.ask(post, path, string(text))
		d.Secrets = append(d.Secrets, a.secrets()...)
		return err
	}
}

// inBody names the user in the body.
func inBody(path string) func(*draft) error {
	return func(d *draft) error { d.ask(post, path, fmt.Sprintf(`{"user_id":%q}`, d.id)); return nil }
}

// enrolled gives the user an authenticator app.
func enrolled(write func(d *draft, method string)) func(*draft) error {
	return func(d *draft) error {
		var method struct{ ID string }
		_, err := d.Admin.Call(post, "/users/"+d.path+"/authentication-methods", `{"type":"totp","totp_secret":"JBSWY3DPEHPK3PXP"}`, &method)
		write(d, method.ID)
		return err
	}
}

// signedIn gives the user a session.
func signedIn(write func(d *draft, session string)) func(*draft) error {
	return func(d *draft) error {
		a, session, err := d.signedIn("", d.email())
		write(d, session)
		d.Secrets = append(d.Secrets, a.secrets()...)
		d.Holds = func(Answer) error {
			var told struct{ Sessions []any }
			if err := d.Admin.read("/users/"+d.path+"/sessions", &told); err != nil || len(told.Sessions) > 0 {
				return fmt.Errorf("the user has %d sessions: %w", len(told.Sessions), err)
			}
			return nil
		}
		return err
	}
}

// holder gives the user a role. After a success there are so many.
func holder(method, body string, want int) func(*draft) error {
	return listed(func(d *draft) error {
		d.ask(method, "/user-roles/"+d.path, body)
		return d.Admin.change(post, "/users/"+d.path+"/roles", fmt.Sprintf(`{"roles":[%q]}`, d.Admin.roles["support"]))
	}, "/roles", want)
}

// link links a social account to the user.
func link(d *draft) error {
	mine, _, err := d.signedIn("", d.email())
	if err != nil {
		return err
	}
	other, _, err := d.signedIn("?connection=github", fmt.Sprintf("other-%d@traffic.example.com", d.n))
	body, _ := json.Marshal(map[string]string{"id_token": mine.Tokens.IDToken, "link_id_token": other.Tokens.IDToken})
	d.ask(post, "/identities/"+d.path, string(body))
	d.Users = append(d.Users, other.Account.ID)
	d.Secrets = append(append(d.Secrets, mine.secrets()...), other.secrets()...)
	d.holds(func(u user) bool { return len(u.Identities) == 2 })
	return err
}

func unlink(d *draft) error {
	other, err := d.Admin.AddUser(localtenant.User{UserID: fmt.Sprint(700_000_000 + d.n), Connection: "github", Email: fmt.Sprintf("other-%d@traffic.example.com", d.n)})
	if err != nil {
		return err
	}
	provider, id, _ := strings.Cut(other, "|")
	d.ask(del, "/identities/"+d.path+"/"+provider+"/"+id, "")
	d.Users = append(d.Users, other)
	d.holds(func(u user) bool { return len(u.Identities) == 1 })
	return d.Admin.change(post, "/users/"+d.path+"/identities", fmt.Sprintf(`{"provider":%q,"user_id":%q}`, provider, id))
}
