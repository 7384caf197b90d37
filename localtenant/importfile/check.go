package importfile

import (
	"cmp"
	"maps"
	"slices"

	"usher/localtenant/description"
)

// forbidden is the error of a user with a member that must not be there. Auth0 does not name it
// (https://community.auth0.com/t/131623, and issue 62 of auth0-extensions/auth0-user-import-export-extension).
func forbidden() Problem {
	return Problem{Code: "NOT_PASSED", Message: "Forbidden attribute in appUser: "}
}

// check finds all that is wrong with a user by the schema: at most one problem for each member.
func check(v any) []Problem {
	user, ok := v.(map[string]any)
	if !ok {
		return []Problem{problem(schema.Check(v, ""))}
	}
	var out []Problem
	for _, name := range schema.Required {
		if _, ok := user[name]; !ok {
			out = append(out, problem(&description.Violation{
				Code: "OBJECT_REQUIRED", Property: name, Message: "Missing required property: " + name,
			}))
		}
	}
	unknown := false
	for _, name := range slices.Sorted(maps.Keys(user)) {
		member, known := schema.Properties[name]
		if !known {
			unknown = true
		} else if bad := member.Check(user[name], name); bad != nil {
			out = append(out, problem(bad))
		}
	}
	_, one := user["password_hash"]
	_, other := user["custom_password_hash"]
	if unknown || one && other {
		out = append(out, forbidden())
	}
	return out
}

// unlisted are codes of the validator that are not among those that Auth0 lists for imports.
var unlisted = []string{"OBJECT_ADDITIONAL_PROPERTIES", "OBJECT_PROPERTIES_MAXIMUM"}

// theirNames are names that Auth0 has in the errors for some members: those that were seen
// (https://community.auth0.com/t/102951, and Auth0's support article "Error in passwordHash
// Property"). Other members are named as in the file, which is a guess.
var theirNames = map[string]string{
	"email": "identities[0].profileData.email", "password_hash": "passwordHash",
}

func problem(v *description.Violation) Problem {
	if slices.Contains(unlisted, v.Code) {
		return forbidden()
	}
	if v.Property == "" {
		return Problem{Code: v.Code, Message: v.Message}
	}
	path := cmp.Or(theirNames[v.Property], v.Property)
	return Problem{Code: v.Code, Message: "Error in " + path + " property - " + v.Message, Path: path}
}
