package api

import (
	"cmp"
	"fmt"
	"net/http"
	"regexp"
	"slices"

	"usher/internal/httpapi"
	"usher/internal/permission"
	"usher/internal/quota"
)

// Operation declares what a function serves.
type Operation struct {
	Name        string            // the function's folder in functions/
	Routes      []string          // http.ServeMux patterns: "GET /users/{id}"
	Parameters  Parameters        // the kind of each path parameter
	Permissions []permission.Name // each of them allows the operation
	Change      string            // its name in the audit log, such as "user.create"; "" for a read
	Urgent      bool              // a sign-in, or help for one: the provider's quota never refuses it
	TakesQuery  bool              // the handler reads the query; otherwise every query parameter is refused
	ServesGone  bool              // the handler serves users who do not exist; see Call.Gone
	NoToken     bool              // the handler usually makes no call to the Management API
	MaxBody     int               // the size of the largest accepted body in bytes; 0 for httpapi.MaxBody
	ChecksToken bool              // the handler checks users' tokens, with the tenant's signing keys
	Handler     Handler
}

// Handler responds to a request or returns an error, never both. The call has passed all checks.
type Handler func(http.ResponseWriter, *http.Request, Call) error

// Kind is the kind of object that a path parameter identifies.
type Kind string

// The kinds of path parameters. A parameter of kind User is checked against the
// front-end's limits before the handler runs; the handler gets it as Call.User.
const (
	User              Kind = "user"
	Session           Kind = "session"
	Provider          Kind = "provider"
	Identity          Kind = "identity"
	MFAMethod         Kind = "mfa-method"
	VerificationEmail Kind = "verification-email"
	Job               Kind = "job"
)

var kinds = []Kind{User, Session, Provider, Identity, MFAMethod, VerificationEmail, Job}

// Parameters maps the name of each path parameter to its kind.
type Parameters map[string]Kind

// BodyLimit returns the size of the largest accepted body in bytes.
func (o Operation) BodyLimit() int { return cmp.Or(o.MaxBody, httpapi.MaxBody) }

// Class returns the importance of the operation's calls to the provider.
func (o Operation) Class() quota.Class {
	switch {
	case o.Urgent:
		return quota.Urgent
	case o.Change != "":
		return quota.Change
	}
	return quota.Read
}

// user returns the name of the parameter of kind User, or "".
func (p Parameters) user() string {
	for name, kind := range p {
		if kind == User {
			return name
		}
	}
	return ""
}

var routeForm = regexp.MustCompile(`^(?:GET|POST|PUT|PATCH|DELETE) /[a-z-]+(?:/[a-z-]+|/\{[a-z_]+\})*$`)

var parameterForm = regexp.MustCompile(`\{([^}]*)\}`)

// faults returns the faults of the declaration.
func (o Operation) faults() []string {
	var faults []string
	refuse := func(wrong bool, format string, args ...any) {
		if wrong {
			faults = append(faults, fmt.Sprintf(format, args...))
		}
	}
	refuse(o.Name == "", "has no name")
	refuse(len(o.Routes) == 0, "has no route")
	refuse(len(o.Permissions) == 0, "has no permission group")
	refuse(o.Handler == nil, "has no handler")
	for _, group := range o.Permissions {
		_, known := permission.Named(group)
		refuse(!known, "names the unknown permission group %q", group)
	}
	var used []string
	for _, route := range o.Routes {
		refuse(!routeForm.MatchString(route), "has the malformed route %q", route)
		for _, found := range parameterForm.FindAllStringSubmatch(route, -1) {
			used = append(used, found[1])
			_, declared := o.Parameters[found[1]]
			refuse(!declared, "does not declare the kind of {%s} in %s", found[1], route)
		}
	}
	users := 0
	for name, kind := range o.Parameters {
		refuse(!slices.Contains(kinds, kind), "declares {%s} as the unknown kind %q", name, kind)
		refuse(!slices.Contains(used, name), "declares {%s}, which is in no route", name)
		if kind == User {
			users++
		}
	}
	refuse(users > 1, "declares several users in one path")
	return faults
}
