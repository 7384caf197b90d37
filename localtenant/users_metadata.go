package localtenant

import (
	"maps"
	"slices"
	"strings"
)

// theirFields are the names that app_metadata must not have at its first level
// (https://auth0.com/docs/manage-users/user-accounts/metadata/metadata-fields-data).
var theirFields = []string{
	"__tenant", "_id", "blocked", "clientID", "created_at", "email_verified", "email",
	"globalClientID", "global_client_id", "identities", "lastIP", "lastLogin", "loginsCount",
	"metadata", "multifactor_last_modified", "multifactor", "updated_at", "user_id",
}

// checkMetadata refuses the names that the same page refuses. That it is a 400,
// and its text, are guesses: the documentation has said 400 and 500.
func (in userFields) checkMetadata() error {
	if _, text := in.badMetadata(); text != "" {
		return badRequest("invalid_body", "Payload validation error: '%s'.", text)
	}
	return nil
}

// badMetadata finds a name that is refused, and says in which member.
func (in userFields) badMetadata() (member, text string) {
	for _, name := range slices.Sorted(maps.Keys(in.AppMetadata)) {
		if slices.Contains(theirFields, name) {
			return "app_metadata", "app_metadata must not contain: " + name
		}
	}
	member, name := "app_metadata", oddName(in.AppMetadata)
	if name == "" {
		member, name = "user_metadata", oddName(in.UserMetadata)
	}
	if name == "" {
		return "", ""
	}
	return member, "Property names must not contain . or $: " + name
}

// oddName finds a name with a dot or a dollar sign, at any depth.
func oddName(v any) string {
	switch v := v.(type) {
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(v)) {
			if strings.ContainsAny(name, ".$") {
				return name
			}
			if odd := oddName(v[name]); odd != "" {
				return odd
			}
		}
	case []any:
		for _, element := range v {
			if odd := oddName(element); odd != "" {
				return odd
			}
		}
	}
	return ""
}
