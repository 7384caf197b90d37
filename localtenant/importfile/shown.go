package importfile

// hidden is what Auth0's documentation shows in place of a sensitive text.
const hidden = "*****"

// shown is a user as errors show it. The documentation hides hash.value, and says that other
// sensitive members are hidden without a list: here also the other values of a hash, password_hash,
// and a password, which is not a member. Its example shows the secret of a factor.
func shown(v any) map[string]any {
	out := map[string]any{}
	user, _ := v.(map[string]any) // what is no object is shown as an empty one
	for name, member := range user {
		switch name {
		case "password", "password_hash":
			member = hidden
		case "custom_password_hash":
			member = hideValues(member)
		}
		out[name] = member
	}
	return out
}

// hideValues hides every member with the name value, and what is in the place of an object.
func hideValues(v any) any {
	object, ok := v.(map[string]any)
	if !ok {
		return hidden
	}
	out := map[string]any{}
	for name, member := range object {
		switch _, nested := member.(map[string]any); {
		case nested:
			member = hideValues(member)
		case name == "value" || name == "hash":
			member = hidden
		}
		out[name] = member
	}
	return out
}
