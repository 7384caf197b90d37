package description

import (
	"net/mail"
	"net/url"
	"strings"
)

// hostname is a name of dot-separated labels.
const hostname = `^([A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*$`

// validFormat checks the formats that can be told from the text alone; an id
// that only has to exist is the handler's to look up.
func (a *API) validFormat(format, v string) bool {
	switch format {
	case "email":
		return ValidEmail(v)
	case "url", "strict-uri":
		u, err := url.Parse(v)
		return err == nil && u.Scheme != "" && u.Host != ""
	case "hostname":
		return a.regexp(hostname).MatchString(v)
	case "user-id", "user-id-with-max-length":
		// PROVIDER|ID, or PROVIDER|CONNECTION|ID
		provider, id, ok := strings.Cut(v, "|")
		return ok && provider != "" && id != "" && len(v) <= 400
	}
	return true
}

// ValidEmail says whether v is one bare address, as format "email" asks.
func ValidEmail(v string) bool {
	addr, err := mail.ParseAddress(v)
	if err != nil || addr.Address != v || addr.Name != "" {
		return false
	}
	_, domain, _ := strings.Cut(v[strings.LastIndex(v, "@"):], "@")
	// A bare host is a valid address and not one that Auth0 takes.
	return len(v) <= 320 && strings.Contains(domain, ".") && !strings.ContainsAny(v, " \"")
}
