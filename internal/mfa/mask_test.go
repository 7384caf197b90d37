package mfa

import "testing"

func TestMask(t *testing.T) {
	tests := map[string]struct{ method, want Method }{
		"a number":             {Method{PhoneNumber: "+14155550123"}, Method{PhoneNumber: "XXXXXXXX0123"}},
		"a short number":       {Method{PhoneNumber: "12345"}, Method{PhoneNumber: "XXXX5"}},
		"three digits":         {Method{PhoneNumber: "112"}, Method{PhoneNumber: "XXX"}},
		"masked by X":          {Method{PhoneNumber: "XXXXXXXX0123"}, Method{PhoneNumber: "XXXXXXXX0123"}},
		"masked by stars":      {Method{PhoneNumber: "+1 *** *** 0123"}, Method{PhoneNumber: "+1 *** *** 0123"}},
		"an address":           {Method{Email: "ada@example.com"}, Method{Email: "a****@example.com"}},
		"a local part of one":  {Method{Email: "a@example.com"}, Method{Email: "a****@example.com"}},
		"not ASCII":            {Method{Email: "élodie@example.com"}, Method{Email: "é****@example.com"}},
		"a masked address":     {Method{Email: "ad****@exam*******"}, Method{Email: "ad****@exam*******"}},
		"no address":           {Method{Email: "ada"}, Method{Email: "a****"}},
		"nothing before the @": {Method{Email: "@example.com"}, Method{Email: "****@example.com"}},
		"with an extension":    {Method{PhoneNumber: "+14155550123x9"}, Method{PhoneNumber: "XXXXXXXXXX23x9"}},
		"a star in an address": {Method{Email: "ada*l@x.example"}, Method{Email: "a****@x.example"}},
		"a quoted local part":  {Method{Email: `"ada@home"@x.example`}, Method{Email: `"****@x.example`}},
		"an address in a name": {Method{Name: "Ada ada@x.example"}, Method{Name: "Ada a****@x.example"}},
		"a number in a name":   {Method{Name: "Ada +14155550123 ext 9"}, Method{Name: "Ada XXXXXXXX0123 ext 9"}},
		"nothing":              {Method{ID: "1", Type: TOTP}, Method{ID: "1", Type: TOTP}},
		"a name":               {Method{Name: "Ada's phone 2"}, Method{Name: "Ada's phone 2"}},
		"a number as address":  {Method{Name: "4155550123@x.example"}, Method{Name: "X****@x.example"}},
		"an address with one":  {Method{Name: "ada@x.1415 5550123"}, Method{Name: "a****@x.XXXXXXXX0123"}},
		"a number for a name":  {Method{Name: "+1 (415) 555-0123"}, Method{Name: "XXXXXXXXXXXXX0123"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if tt.method.mask(); tt.method != tt.want {
				t.Errorf("%+v, want %+v", tt.method, tt.want)
			}
		})
	}
}
