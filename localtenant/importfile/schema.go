package importfile

import (
	"encoding/json"

	"usher/localtenant/description"
)

// schema is the documented one of a user, and for password_hash the pattern that Auth0's error
// names (support article "Error in passwordHash Property - String does not Match Pattern"). The phone members are
// on the translated pages, such as
// https://auth0.com/docs/fr-ca/manage-users/user-migration/bulk-user-import-schema; their pattern is a guess.
var schema = mustParse(`{
	"type": "object", "required": ["email"], "additionalProperties": false,
	"properties": {
		"email": {"type": "string", "format": "email"},
		"email_verified": {"type": "boolean"},
		"phone_number": {"type": "string", "pattern": "^\\+[0-9]{1,15}$"},
		"phone_verified": {"type": "boolean"},
		"user_id": {"type": "string"},
		"username": {"type": "string"},
		"given_name": {"type": "string"},
		"family_name": {"type": "string"},
		"name": {"type": "string"},
		"nickname": {"type": "string"},
		"picture": {"type": "string"},
		"blocked": {"type": "boolean"},
		"password_hash": {"type": "string", "pattern": "^\\$2[ab]?\\$10+\\$[./A-Za-z0-9]{53}$"},
		"custom_password_hash": {
			"type": "object", "required": ["algorithm", "hash"], "additionalProperties": false,
			"properties": {
				"algorithm": {"type": "string", "enum":
					["argon2", "bcrypt", "hmac", "ldap", "md4", "md5", "sha1", "sha256", "sha512", "pbkdf2", "scrypt"]},
				"hash": {"type": "object", "properties": {
					"value": {"type": "string"},
					"encoding": {"type": "string", "enum": ["base64", "hex", "utf8"]},
					"digest": {"type": "string", "enum":
						["md4", "md5", "ripemd160", "sha1", "sha224", "sha256", "sha384", "sha512", "whirlpool"]},
					"key": {"type": "object", "required": ["value"], "properties": {
						"value": {"type": "string"},
						"encoding": {"type": "string", "enum": ["base64", "hex", "utf8"]}
					}}
				}},
				"salt": {"type": "object", "required": ["value"], "properties": {
					"value": {"type": "string"},
					"encoding": {"type": "string", "enum": ["base64", "hex", "utf8"]},
					"position": {"type": "string", "enum": ["prefix", "suffix"]}
				}},
				"password": {"type": "object", "properties": {
					"encoding": {"type": "string", "enum": ["ascii", "utf8", "utf16le", "ucs2", "latin1", "binary"]}
				}},
				"keylen": {"type": "integer"},
				"cost": {"type": "integer"},
				"blockSize": {"type": "integer"},
				"parallelization": {"type": "integer"}
			}
		},
		"app_metadata": {"type": "object"},
		"user_metadata": {"type": "object"},
		"mfa_factors": {
			"type": "array", "minItems": 1, "maxItems": 10,
			"items": {
				"type": "object", "maxProperties": 1, "additionalProperties": false,
				"properties": {
					"totp": {"type": "object", "required": ["secret"], "additionalProperties": false,
						"properties": {"secret": {"type": "string", "pattern": "^[A-Z2-7]+$"}}},
					"phone": {"type": "object", "required": ["value"], "additionalProperties": false,
						"properties": {"value": {"type": "string", "pattern": "^\\+[0-9]{1,15}$"}}},
					"email": {"type": "object", "required": ["value"], "additionalProperties": false,
						"properties": {"value": {"type": "string", "format": "email"}}}
				}
			}
		}
	}
}`)

func mustParse(text string) *description.Schema {
	s := &description.Schema{}
	if err := json.Unmarshal([]byte(text), s); err != nil {
		panic(err) // the text is a constant: each test would fail
	}
	return s
}
