package limits

import (
	"errors"
	"fmt"
	"regexp"
	"slices"

	"usher/internal/valid"
)

// Deployment lists the URLs that the deployment allows. A document can only narrow them:
// the provider would refuse any other URL.
type Deployment struct {
	RedirectURIs []string
	LogoutURIs   []string
	ResultURLs   []string
}

// Forms of the values in a document. Accounts and roles have IAM's forms.
var (
	frontEndName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$`)
	accountID    = regexp.MustCompile(`^[0-9]{12}$`)
	roleName     = regexp.MustCompile(`^[A-Za-z0-9_+=,.@-]{1,64}$`)
	clientID     = regexp.MustCompile(`^[\x21-\x7e]{1,255}$`)
)

// Parse reads a policy document; "" is an empty policy. Its error lists every fault with its path.
func Parse(text string, all Deployment) (Policy, error) {
	if text == "" {
		return Policy{}, nil
	}
	document, err := decode(text)
	if err != nil {
		return Policy{}, err
	}
	r := &reader{}
	p := Policy{byRole: map[role]FrontEnd{}, byClient: map[string]FrontEnd{}}
	top := r.object("", document, "unlisted", "front_ends")
	p.refusesUnlisted = r.oneOf(top, "unlisted", "allow", "refuse") == "refuse"
	names := map[string]bool{}
	for i, value := range r.list(top, "front_ends") {
		entry := r.object(fmt.Sprintf("front_ends[%d]", i), value,
			"name", "role", "client_id", "connections", "redirect_uris", "post_logout_redirect_uris", "result_urls", "app_metadata")
		if entry.members == nil {
			continue
		}
		f := r.frontEnd(entry, all)
		if names[f.name] {
			r.fault(entry.at("name"), "is already used by another front-end")
		}
		names[f.name] = f.name != ""
		r.enter(p, entry, f)
	}
	if len(r.faults) > 0 {
		return Policy{}, errors.Join(r.faults...)
	}
	return p, nil
}

func (r *reader) frontEnd(entry object, all Deployment) FrontEnd {
	f := FrontEnd{
		name:         r.text(entry, "name", frontEndName, "is not a name of at most 64 letters, digits, - and _"),
		connections:  r.texts(entry, "connections"),
		redirectURIs: r.texts(entry, "redirect_uris"),
		logoutURIs:   r.texts(entry, "post_logout_redirect_uris"),
		resultURLs:   r.texts(entry, "result_urls"),
	}
	for i, name := range f.connections {
		if fault := valid.Connection(name); fault != "" {
			r.fault(fmt.Sprintf("%s[%d]", entry.at("connections"), i), fault)
		}
	}
	r.subset(entry, "redirect_uris", f.redirectURIs, all.RedirectURIs)
	r.subset(entry, "post_logout_redirect_uris", f.logoutURIs, all.LogoutURIs)
	r.subset(entry, "result_urls", f.resultURLs, all.ResultURLs)
	f.noAppMetadata = !r.flag(entry, "app_metadata", true)
	return f
}

// enter stores the front-end under its identity: its role or its client ID.
func (r *reader) enter(p Policy, entry object, f FrontEnd) {
	_, hasRole := entry.members["role"]
	_, hasClient := entry.members["client_id"]
	switch {
	case hasRole && hasClient:
		r.fault(entry.path, "has both role and client_id: use two front-ends")
	case hasRole:
		o := r.object(entry.at("role"), entry.members["role"], "account", "name")
		key := role{
			account: r.text(o, "account", accountID, "is not an AWS account ID of 12 digits"),
			name:    r.text(o, "name", roleName, "is not the name of a role (no path, no ARN)"),
		}
		if _, taken := p.byRole[key]; taken && key != (role{}) {
			r.fault(o.path, "is already used by another front-end")
		}
		p.byRole[key] = f
	case hasClient:
		key := r.text(entry, "client_id", clientID, "is not a client ID of at most 255 visible ASCII characters")
		if _, taken := p.byClient[key]; taken && key != "" {
			r.fault(entry.at("client_id"), "is already used by another front-end")
		}
		p.byClient[key] = f
	default:
		r.fault(entry.path, "has neither role nor client_id")
	}
}

// subset refuses values that the deployment does not allow.
func (r *reader) subset(entry object, name string, some, all []string) {
	for i, value := range some {
		if !slices.Contains(all, value) {
			r.fault(fmt.Sprintf("%s[%d]", entry.at(name), i), "is not allowed by the deployment")
		}
	}
}
