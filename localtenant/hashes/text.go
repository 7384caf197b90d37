package hashes

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"strings"
	"unicode/utf16"
)

// Text is bytes in an encoding: hex, base64 or utf8, which is the default.
type Text struct {
	Value    string `json:"value"`
	Encoding string `json:"encoding"`
}

// bytes decodes a text. Hex may be of either case, and base64 of either alphabet, padded or not.
func (t Text) bytes() ([]byte, error) {
	switch t.Encoding {
	case "", "utf8":
		return []byte(t.Value), nil
	case "hex":
		return hex.DecodeString(t.Value)
	case "base64":
		return decodeBase64(t.Value)
	}
	return nil, errors.New("unknown encoding")
}

var fromURL = strings.NewReplacer("-", "+", "_", "/")

func decodeBase64(text string) ([]byte, error) {
	return base64.RawStdEncoding.DecodeString(fromURL.Replace(strings.TrimRight(text, "=")))
}

// encode is a password in an encoding of Node.js, which Auth0's names are.
func encode(password, encoding string) []byte {
	if encoding == "" || encoding == "utf8" {
		return []byte(password)
	}
	units := utf16.Encode([]rune(password))
	var out []byte
	for _, unit := range units {
		switch encoding {
		case "utf16le", "ucs2":
			out = binary.LittleEndian.AppendUint16(out, unit)
		default: // ascii, latin1 and binary are the low byte of each
			out = append(out, byte(unit))
		}
	}
	return out
}
