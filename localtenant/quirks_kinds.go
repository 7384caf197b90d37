package localtenant

import "time"

// oddKind is what is odd about a kind of object: some members, those of objects within it, and what
// it has more.
type oddKind struct {
	members map[string]oddForm
	nested  map[string]oddKind
	more    func(t *Tenant, doc map[string]any)
	pages   bool // there are pages of it
}

// oddAnswers are the kinds of what the routes answer.
var oddAnswers = map[string]oddKind{
	"GET /api/v2/users":                                         oddUser,
	"POST /api/v2/users":                                        oddUser,
	"GET /api/v2/users/{id}":                                    oddUser,
	"PATCH /api/v2/users/{id}":                                  oddUser,
	"GET /api/v2/users-by-email":                                oddUser,
	"GET /api/v2/roles/{id}/users":                              oddUser,
	"POST /api/v2/users/{id}/identities":                        oddIdentity,
	"DELETE /api/v2/users/{id}/identities/{provider}/{user_id}": oddIdentity,
	"GET /api/v2/users/{id}/logs":                               oddLog,
	"GET /api/v2/logs/{id}":                                     oddLog,
	"GET /api/v2/users/{id}/roles":                              oddRole,
	"GET /api/v2/roles":                                         oddRole,
	"GET /api/v2/roles/{id}":                                    oddRole,
	"GET /api/v2/users/{user_id}/sessions":                      oddSession,
	"GET /api/v2/sessions/{id}":                                 oddSession,
	"GET /api/v2/users/{id}/authentication-methods":             oddMethod,
	"GET /api/v2/users/{id}/authentication-methods/{authentication_method_id}": oddMethod,
	"GET /api/v2/connections":              oddConnection,
	"GET /api/v2/connections/{id}":         oddConnection,
	"GET /api/v2/clients/{id}/connections": oddConnection,
	"GET /api/v2/clients/{id}":             oddClient,
	"GET /api/v2/guardian/factors":         {members: map[string]oddForm{"enabled": oddBool, "trial_expired": oddBool}},
	"POST /api/v2/jobs/verification-email": oddJob,
	"GET /api/v2/jobs/{id}":                oddJob,
	"POST /oauth/token":                    {members: map[string]oddForm{"expires_in": oddNumberText}},
	"GET /userinfo":                        oddProfile,
	"POST /userinfo":                       oddProfile,
}

var oddPage = oddKind{members: map[string]oddForm{
	"start": oddInteger, "limit": oddInteger, "length": oddInteger, "total": oddInteger,
}}

var oddUser = oddKind{
	pages: true,
	members: map[string]oddForm{
		"email_verified": oddBool, "phone_verified": oddBool, "blocked": oddBool,
		"logins_count": oddInteger, "last_ip": oddText, "created_at": oddDate,
		"updated_at": oddDate, "last_login": oddDate, "last_password_reset": oddDate,
	},
	nested: map[string]oddKind{"identities": oddIdentity},
	more: func(t *Tenant, doc map[string]any) {
		var enrolled []any
		id, _ := doc["user_id"].(string)
		for _, f := range t.factors[id] {
			enrolled = append(enrolled, map[string]any{"type": f.Type, "id": f.id(), "confirmed": f.Confirmed})
		}
		if enrolled != nil {
			doc["multifactor"] = enrolled
		}
	},
}

var oddIdentity = oddKind{
	members: map[string]oddForm{"user_id": oddID, "isSocial": oddBool},
	nested:  map[string]oddKind{"profileData": oddProfileData},
}

var oddProfileData = oddKind{
	members: map[string]oddForm{"email_verified": oddBool, "phone_verified": oddBool},
	more: func(_ *Tenant, doc map[string]any) {
		doc["emails"] = []any{map[string]any{"value": doc["email"], "verified": 1}}
		doc["locale"] = map[string]any{"language": "en", "country": "US"}
		doc["id"], doc["gender"], doc["verified"] = 1024025, nil, "yes"
	},
}

var oddLog = oddKind{
	pages:   true,
	members: map[string]oddForm{"date": oddDate, "isMobile": oddBool, "user_agent": oddText},
	more: func(_ *Tenant, doc map[string]any) {
		doc["scope"] = []any{"openid", "profile"}
		doc["audience"] = []any{"https://shop.example/", "https://bank.example/"}
		doc["auth0_client"], doc["location_info"] = nil, []any{}
	},
}

var oddRole = oddKind{pages: true}

var oddSession = oddKind{
	pages: true,
	members: map[string]oddForm{
		"created_at": oddDate, "updated_at": oddDate, "authenticated_at": oddDate, "last_interacted_at": oddDate,
		"idle_expires_at": oddDate, "expires_at": oddDate,
	},
	nested: map[string]oddKind{"device": {
		members: map[string]oddForm{"last_ip": oddText},
		more:    func(_ *Tenant, doc map[string]any) { doc["initial_asn"] = 64512 },
	}},
}

var oddMethod = oddKind{
	pages:   true,
	members: map[string]oddForm{"confirmed": oddBool, "created_at": oddDate, "last_auth_at": oddDate},
}

var oddConnection = oddKind{
	pages:   true,
	members: map[string]oddForm{"is_domain_connection": oddBool, "show_as_button": oddBool, "realms": oddTexts},
	nested:  map[string]oddKind{"authentication": {members: map[string]oddForm{"active": oddBool}}},
}

var oddClient = oddKind{
	members: map[string]oddForm{"is_first_party": oddBool, "oidc_conformant": oddBool, "grant_types": oddTexts},
	nested: map[string]oddKind{"refresh_token": {
		members: map[string]oddForm{"leeway": oddInteger, "token_lifetime": oddInteger},
	}},
}

var oddJob = oddKind{
	members: map[string]oddForm{"created_at": oddDate, "percentage_done": oddNumberText, "time_left_seconds": oddInteger},
	more: func(_ *Tenant, doc map[string]any) {
		if doc["percentage_done"] == nil {
			doc["percentage_done"], doc["time_left_seconds"] = "100", 0.0
		}
	},
}

// oddProfile are the claims about a person in an ID token, and at /userinfo.
var oddProfile = oddKind{
	members: map[string]oddForm{"email_verified": oddBool, "phone_number_verified": oddBool, "updated_at": oddUpdated},
	more: func(_ *Tenant, doc map[string]any) {
		doc["locale"] = map[string]any{"language": "en", "country": "US"}
		doc["birthdate"], doc["address"], doc["gender"] = 1815, "Ring 1, Wien", nil
	},
}

// oddUpdated is the number of seconds that OpenID Connect has where Auth0 has text.
func oddUpdated(seed uint32, value any) any {
	if text, ok := value.(string); ok {
		if at, err := time.Parse(time.RFC3339Nano, text); err == nil {
			return choose(seed, at.Unix(), at.UnixMilli(), text)
		}
	}
	return value
}
