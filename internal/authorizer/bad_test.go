package authorizer_test

import (
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"maps"
	"strings"
	"testing"

	"github.com/lestrrat-go/jwx/v2/jwa"
	"github.com/lestrrat-go/jwx/v2/jwe"
	"github.com/lestrrat-go/jwx/v2/jwk"

	"usher/internal/authorizer"
)

// bad is an invalid Authorization header with the reason of its refusal.
type bad struct {
	header string
	reason authorizer.Reason
}

// badForms are not bearer tokens.
func badForms(i *issuer) map[string]bad {
	good := i.good()
	head, rest, _ := strings.Cut(good, ".")
	payload, signature, _ := strings.Cut(rest, ".")
	asJSON := `{"payload":"` + payload + `","protected":"` + head + `","signature":"` + signature + `"}`
	return map[string]bad{
		"empty":                   {"", authorizer.NoToken},
		"only the scheme":         {"Bearer", authorizer.Malformed},
		"the scheme and a space":  {"Bearer ", authorizer.Malformed},
		"no scheme":               {good, authorizer.Malformed},
		"Basic":                   {"Basic " + base64.StdEncoding.EncodeToString([]byte("shop:secret")), authorizer.Malformed},
		"Basic with a good token": {"Basic " + good, authorizer.Malformed},
		"DPoP with a good token":  {"DPoP " + good, authorizer.Malformed},
		"a signature of AWS":      {"AWS4-HMAC-SHA256 Credential=AKIA/20260101/x/execute-api/aws4_request", authorizer.Malformed},
		"two spaces":              {"Bearer  " + good, authorizer.Malformed},
		"a tab":                   {"Bearer\t" + good, authorizer.Malformed},
		"a space before":          {" Bearer " + good, authorizer.Malformed},
		"a space after":           {"Bearer " + good + " ", authorizer.Malformed},
		"a line break after":      {"Bearer " + good + "\n", authorizer.Malformed},
		"a line break within":     {"Bearer " + head + "\n." + rest, authorizer.Malformed},
		"a zero byte":             {"Bearer " + good + "\x00", authorizer.Malformed},
		"two tokens":              {"Bearer " + good + " " + good, authorizer.Malformed},
		"two values":              {"Bearer " + good + ", Bearer " + good, authorizer.Malformed},
		"the scheme twice":        {"Bearer Bearer " + good, authorizer.Malformed},
		"in quotes":               {`Bearer "` + good + `"`, authorizer.Malformed},
		"two parts":               {"Bearer " + head + "." + payload, authorizer.Malformed},
		"four parts":              {"Bearer " + good + ".", authorizer.Malformed},
		"five parts":              {"Bearer " + good + ".a.b", authorizer.Malformed},
		"no signature":            {"Bearer " + head + "." + payload + ".", authorizer.Malformed},
		"no payload":              {"Bearer " + head + ".." + signature, authorizer.Malformed},
		"no header":               {"Bearer ." + rest, authorizer.Malformed},
		"padding":                 {"Bearer " + head + "." + payload + "." + signature + "==", authorizer.Malformed},
		"base64 instead of url":   {"Bearer " + head + "." + payload + "." + "+/" + signature[2:], authorizer.Malformed},
		"unused bits":             {"Bearer " + head + "." + payload + "." + signature[:len(signature)-1] + otherwise(signature), authorizer.Malformed},
		"JSON serialization":      {"Bearer " + asJSON, authorizer.Malformed},
		"JSON in base64":          {"Bearer " + encode(asJSON), authorizer.Malformed},
		"an opaque token":         {"Bearer 4f2e6c2d9a", authorizer.Malformed},
		"an encrypted token":      {"Bearer " + encrypted(i), authorizer.Malformed},
		"a too large claim":       {"Bearer " + i.issue(jwa.ES256, "ec", map[string]any{"x": strings.Repeat("x", 8<<10)}), authorizer.TooLarge},
		"a too large signature":   {"Bearer " + good + strings.Repeat("A", 8<<10), authorizer.TooLarge},
	}
}

// otherwise returns the last letter of a 64-byte signature with an unused bit set. Lenient
// decoders decode both to the same bytes.
func otherwise(signature string) string {
	const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	return string(letters[strings.IndexByte(letters, signature[len(signature)-1])|1])
}

func encrypted(i *issuer) string {
	public := keys()["rsa"].(*rsa.PrivateKey).Public()
	token, err := jwe.Encrypt(i.claims(nil), jwe.WithKey(jwa.RSA_OAEP_256, public))
	if err != nil {
		i.t.Fatal(err)
	}
	return string(token)
}

// badHeaders have invalid token headers and, if possible, valid signatures.
func badHeaders(i *issuer) map[string]bad {
	attackers, err := jwk.FromRaw(keys()["attacker"].(*rsa.PrivateKey).Public())
	if err != nil {
		i.t.Fatal(err)
	}
	embedded, err := json.Marshal(attackers)
	if err != nil {
		i.t.Fatal(err)
	}
	signed := func(header string) string {
		return "Bearer " + byHand(header, string(i.claims(nil)), byEC("ec"))
	}
	attacked := func(header string) string {
		return "Bearer " + byHand(header, string(i.claims(nil)), byRSA("attacker"))
	}
	unsigned := func(algorithm string) string {
		return "Bearer " + byHand(`{"alg":"`+algorithm+`","kid":"ec"}`, string(i.claims(nil)), always([]byte{0}))
	}
	return map[string]bad{
		"none":                  {unsigned("none"), authorizer.BadAlgorithm},
		"None":                  {unsigned("None"), authorizer.BadAlgorithm},
		"nOnE":                  {unsigned("nOnE"), authorizer.BadAlgorithm},
		"an empty algorithm":    {unsigned(""), authorizer.BadAlgorithm},
		"no algorithm":          {signed(`{"kid":"ec"}`), authorizer.BadAlgorithm},
		"es256":                 {signed(`{"alg":"es256","kid":"ec"}`), authorizer.BadAlgorithm},
		"ALG":                   {signed(`{"ALG":"ES256","kid":"ec"}`), authorizer.BadAlgorithm},
		"a list of algorithms":  {signed(`{"alg":["ES256"],"kid":"ec"}`), authorizer.BadAlgorithm},
		"null for an algorithm": {signed(`{"alg":null,"kid":"ec"}`), authorizer.BadAlgorithm},
		"RS512":                 {"Bearer " + i.issue(jwa.RS512, "rsa", nil), authorizer.BadAlgorithm},
		"ES384":                 {"Bearer " + i.issue(jwa.ES384, "p384", nil), authorizer.BadAlgorithm},
		"ES256K":                {signed(`{"alg":"ES256K","kid":"ec"}`), authorizer.BadAlgorithm},
		"HS256 by a key that the issuer published": {"Bearer " + i.issue(jwa.HS256, "oct", nil), authorizer.BadAlgorithm},
		"HS256 by the public key in PEM":           {"Bearer " + byHand(`{"alg":"HS256","kid":"rsa"}`, string(i.claims(nil)), byHMAC(publicPEM(i))), authorizer.BadAlgorithm},
		"HS256 by the public key's modulus":        {"Bearer " + byHand(`{"alg":"HS256","kid":"rsa"}`, string(i.claims(nil)), byHMAC(keys()["rsa"].(*rsa.PrivateKey).N.Bytes())), authorizer.BadAlgorithm},

		"a proof":                   {signed(`{"alg":"ES256","kid":"ec","typ":"dpop+jwt"}`), authorizer.BadType},
		"a security event":          {signed(`{"alg":"ES256","kid":"ec","typ":"secevent+jwt"}`), authorizer.BadType},
		"a logout token":            {signed(`{"alg":"ES256","kid":"ec","typ":"logout+jwt"}`), authorizer.BadType},
		"an introspection response": {signed(`{"alg":"ES256","kid":"ec","typ":"token-introspection+jwt"}`), authorizer.BadType},
		"an empty type":             {signed(`{"alg":"ES256","kid":"ec","typ":""}`), authorizer.BadType},
		"null for a type":           {signed(`{"alg":"ES256","kid":"ec","typ":null}`), authorizer.BadType},
		"a list of types":           {signed(`{"alg":"ES256","kid":"ec","typ":["JWT"]}`), authorizer.BadType},
		"an attacker's jwk":         {attacked(`{"alg":"RS256","kid":"rsa","jwk":` + string(embedded) + `}`), authorizer.BadHeader},
		"an attacker's jku":         {attacked(`{"alg":"RS256","kid":"rsa","jku":"https://attacker.example/keys"}`), authorizer.BadHeader},
		"an attacker's x5u":         {attacked(`{"alg":"RS256","kid":"rsa","x5u":"https://attacker.example/cert"}`), authorizer.BadHeader},
		"an attacker's x5c":         {attacked(`{"alg":"RS256","kid":"rsa","x5c":["MIIB"]}`), authorizer.BadHeader},
		"a jwk, valid signature":    {signed(`{"alg":"ES256","kid":"ec","jwk":{}}`), authorizer.BadHeader},
		"a jku, valid signature":    {signed(`{"alg":"ES256","kid":"ec","jku":"` + i.URL + `.well-known/jwks.json"}`), authorizer.BadHeader},
		"crit":                      {signed(`{"alg":"ES256","kid":"ec","crit":["exp"],"exp":1}`), authorizer.BadHeader},
		"an empty crit":             {signed(`{"alg":"ES256","kid":"ec","crit":[]}`), authorizer.BadHeader},
		"b64":                       {signed(`{"alg":"ES256","kid":"ec","b64":false}`), authorizer.BadHeader},
		"zip":                       {signed(`{"alg":"ES256","kid":"ec","zip":"DEF"}`), authorizer.BadHeader},
		"enc":                       {signed(`{"alg":"ES256","kid":"ec","enc":"A256GCM"}`), authorizer.BadHeader},
		"a token in a token":        {"Bearer " + byHand(`{"alg":"ES256","kid":"ec","cty":"JWT"}`, i.good(), byEC("ec")), authorizer.BadHeader},
		"no key":                    {signed(`{"alg":"ES256"}`), authorizer.BadHeader},
		"an empty key":              {signed(`{"alg":"ES256","kid":""}`), authorizer.BadHeader},
		"a number for a key":        {signed(`{"alg":"ES256","kid":1}`), authorizer.BadHeader},
		"null for a key":            {signed(`{"alg":"ES256","kid":null}`), authorizer.BadHeader},
		"a list of keys":            {signed(`{"alg":"ES256","kid":["ec"]}`), authorizer.BadHeader},
		"a long key":                {signed(`{"alg":"ES256","kid":"` + strings.Repeat("k", 257) + `"}`), authorizer.BadHeader},

		"the algorithm twice":          {signed(`{"alg":"none","alg":"ES256","kid":"ec"}`), authorizer.Malformed},
		"the algorithm twice, escaped": {signed(`{"\u0061lg":"none","alg":"ES256","kid":"ec"}`), authorizer.Malformed},
		"the key twice":                {signed(`{"alg":"ES256","kid":"ec","kid":"ec"}`), authorizer.Malformed},
		"a member twice below":         {signed(`{"alg":"ES256","kid":"ec","x":[{"a":1,"a":1}]}`), authorizer.Malformed},
		"a list":                       {signed(`["ES256"]`), authorizer.Malformed},
		"null":                         {signed(`null`), authorizer.Malformed},
		"not JSON":                     {signed(`alg=ES256`), authorizer.Malformed},
		"more after the JSON":          {signed(`{"alg":"ES256","kid":"ec"}{}`), authorizer.Malformed},
		"not UTF-8":                    {signed("{\"alg\":\"ES256\",\"kid\":\"ec\",\"x\":\"\xff\"}"), authorizer.Malformed},
		"a byte order mark":            {signed("\ufeff" + `{"alg":"ES256","kid":"ec"}`), authorizer.Malformed},
	}
}

func publicPEM(i *issuer) []byte {
	der, err := x509.MarshalPKIXPublicKey(keys()["rsa"].(*rsa.PrivateKey).Public())
	if err != nil {
		i.t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})
}

// badSignatures are invalid, or from unsuitable keys.
func badSignatures(i *issuer) map[string]bad {
	good := i.good()
	head, rest, _ := strings.Cut(good, ".")
	payload, signature, _ := strings.Cut(rest, ".")
	more := string(i.claims(map[string]any{"scope": "usher:manage"}))
	plain := string(i.claims(nil))
	hand := func(algorithm, key, payload string, sign signer) string {
		return "Bearer " + byHand(`{"alg":"`+algorithm+`","kid":"`+key+`"}`, payload, sign)
	}
	rsaToken := i.issue(jwa.RS256, "rsa", nil)
	return map[string]bad{
		"another payload":                   {"Bearer " + head + "." + encode(more) + "." + signature, authorizer.BadSignature},
		"another header":                    {"Bearer " + encode(`{"alg":"ES256","kid":"ec","typ":"JWT"}`) + "." + payload + "." + signature, authorizer.BadSignature},
		"another token's signature":         {"Bearer " + head + "." + payload + good0(i.issue(jwa.ES256, "ec", map[string]any{"jti": "2"})), authorizer.BadSignature},
		"one byte too short":                {hand("ES256", "ec", plain, func(in string) []byte { return byEC("ec")(in)[:63] }), authorizer.BadSignature},
		"one byte too long":                 {hand("ES256", "ec", plain, func(in string) []byte { return append(byEC("ec")(in), 0) }), authorizer.BadSignature},
		"ES256 in DER":                      {hand("ES256", "ec", plain, byDER("ec")), authorizer.BadSignature},
		"ES256 of zeros (CVE-2022-21449)":   {hand("ES256", "ec", plain, always(make([]byte, 64))), authorizer.BadSignature},
		"ES256 of zeros in DER":             {hand("ES256", "ec", plain, always([]byte{0x30, 6, 2, 1, 0, 2, 1, 0})), authorizer.BadSignature},
		"ES256 on P-384":                    {hand("ES256", "p384", plain, byEC("p384")), authorizer.BadSignature},
		"ES256 on P-384, cut off":           {hand("ES256", "p384", plain, func(in string) []byte { return byEC("p384")(in)[:64] }), authorizer.BadSignature},
		"EdDSA of zeros":                    {hand("EdDSA", "ed", plain, always(make([]byte, 64))), authorizer.BadSignature},
		"EdDSA with an EC key":              {hand("EdDSA", "ed", plain, byEC("ec")), authorizer.BadSignature},
		"RS256 of zeros":                    {hand("RS256", "rsa", plain, always(make([]byte, 256))), authorizer.BadSignature},
		"RS256 by an attacker's key":        {hand("RS256", "rsa", plain, byRSA("attacker")), authorizer.BadSignature},
		"an RSA key for ES256":              {hand("ES256", "rsa", plain, byEC("ec")), authorizer.BadSignature},
		"an EC key for RS256":               {hand("RS256", "ec", plain, byRSA("attacker")), authorizer.BadSignature},
		"an Ed25519 key for ES256":          {hand("ES256", "ed", plain, byEC("ec")), authorizer.BadSignature},
		"an EC key for EdDSA":               {hand("EdDSA", "ec", plain, byEC("ec")), authorizer.BadSignature},
		"PS256 with a signature of RS256":   {hand("PS256", "rsa", plain, byRSA("rsa")), authorizer.BadSignature},
		"cut off":                           {"Bearer " + rsaToken[:len(rsaToken)-6], authorizer.BadSignature},
		"another key of the issuer":         {hand("ES256", "ec", plain, byEC("enc")), authorizer.BadSignature},
		"an RSA key of 1024 bits":           {hand("RS256", "short", plain, byRSA("short")), authorizer.UnknownKey},
		"a key for encryption":              {hand("ES256", "enc", plain, byEC("enc")), authorizer.UnknownKey},
		"an unknown key":                    {hand("ES256", "unknown", plain, byEC("ec")), authorizer.UnknownKey},
		"a key in another case":             {hand("ES256", "EC", plain, byEC("ec")), authorizer.UnknownKey},
		"a path for a key":                  {hand("RS256", "../../../../dev/null", plain, byRSA("attacker")), authorizer.UnknownKey},
		"an address for a key":              {hand("RS256", "https://attacker.example/keys", plain, byRSA("attacker")), authorizer.UnknownKey},
		"a query for a key":                 {hand("RS256", "x' UNION SELECT 'secret' --", plain, byRSA("attacker")), authorizer.UnknownKey},
		"a shared key that was published":   {hand("ES256", "oct", plain, byEC("ec")), authorizer.UnknownKey},
		"an attacker's key with its own ID": {hand("RS256", "attacker", plain, byRSA("attacker")), authorizer.UnknownKey},
	}
}

// good0 returns a token's signature with the dot before it.
func good0(token string) string { return token[strings.LastIndex(token, "."):] }

// badClaims have valid signatures and invalid claims.
func badClaims(i *issuer) map[string]bad {
	now := i.Now().Unix()
	signed := func(name string, value any) string {
		return "Bearer " + i.issue(jwa.ES256, "ec", map[string]any{name: value})
	}
	with := func(from, to string) string {
		text := strings.Replace(string(i.claims(map[string]any{"exp": 1111})), from, to, 1)
		return "Bearer " + byHand(`{"alg":"ES256","kid":"ec"}`, text, byEC("ec"))
	}
	payload := func(text string) string { return "Bearer " + byHand(`{"alg":"ES256","kid":"ec"}`, text, byEC("ec")) }
	null := json.RawMessage("null") // nil omits a claim
	caller := func(changes map[string]any) string {
		all := map[string]any{"client_id": nil}
		maps.Copy(all, changes)
		return "Bearer " + i.issue(jwa.ES256, "ec", all)
	}
	return map[string]bad{
		"no trailing slash":              {signed("iss", strings.TrimSuffix(i.URL, "/")), authorizer.WrongIssuer},
		"an additional slash":            {signed("iss", i.URL+"/"), authorizer.WrongIssuer},
		"another issuer":                 {signed("iss", "https://else.example/"), authorizer.WrongIssuer},
		"an issuer with the same prefix": {signed("iss", i.URL+".attacker.example/"), authorizer.WrongIssuer},
		"no issuer":                      {signed("iss", nil), authorizer.WrongIssuer},
		"an empty issuer":                {signed("iss", ""), authorizer.WrongIssuer},
		"a list of issuers":              {signed("iss", []string{i.URL}), authorizer.WrongIssuer},
		"the issuer as ISS":              {with(`"iss"`, `"ISS"`), authorizer.WrongIssuer},

		"no audience":                      {signed("aud", nil), authorizer.WrongAudience},
		"an empty audience":                {signed("aud", ""), authorizer.WrongAudience},
		"another audience":                 {signed("aud", "https://else.example/"), authorizer.WrongAudience},
		"a part of the audience":           {signed("aud", strings.TrimSuffix(audience, "/")), authorizer.WrongAudience},
		"the audience as a prefix":         {signed("aud", audience+"x"), authorizer.WrongAudience},
		"the audience between other words": {signed("aud", "a "+audience+" b"), authorizer.WrongAudience},
		"the audience in capitals":         {signed("aud", strings.ToUpper(audience)), authorizer.WrongAudience},
		"a number for an audience":         {signed("aud", 1), authorizer.WrongAudience},
		"an object for an audience":        {signed("aud", map[string]any{audience: audience}), authorizer.WrongAudience},
		"no audience in the list":          {signed("aud", []string{}), authorizer.WrongAudience},
		"other audiences":                  {signed("aud", []string{"a", "b"}), authorizer.WrongAudience},
		"a number among audiences":         {signed("aud", []any{audience, 1}), authorizer.WrongAudience},
		"null among audiences":             {signed("aud", []any{audience, nil}), authorizer.WrongAudience},
		"a nested list of audiences":       {signed("aud", []any{[]string{audience}}), authorizer.WrongAudience},

		"an ID token":                      {signed("at_hash", "x"), authorizer.NotForBearers},
		"an ID token with a code":          {signed("c_hash", "x"), authorizer.NotForBearers},
		"an event":                         {signed("events", map[string]any{"x": 1}), authorizer.NotForBearers},
		"a token bound to a key":           {signed("cnf", map[string]any{"jkt": "x"}), authorizer.NotForBearers},
		"two clients":                      {signed("azp", "desk"), authorizer.NoCaller},
		"an additional empty azp":          {signed("azp", ""), authorizer.NoCaller},
		"an empty client":                  {signed("client_id", ""), authorizer.NoCaller},
		"a number for a client":            {signed("client_id", 1), authorizer.NoCaller},
		"null for a client":                {signed("client_id", null), authorizer.NoCaller},
		"a list of clients":                {signed("client_id", []string{"shop"}), authorizer.NoCaller},
		"an object for a client":           {caller(map[string]any{"azp": map[string]any{}}), authorizer.NoCaller},
		"a line break in a client":         {signed("client_id", "shop\nadmin"), authorizer.NoCaller},
		"a zero byte in a client":          {signed("client_id", "shop\x00"), authorizer.NoCaller},
		"a quotation mark in a client":     {signed("client_id", `shop","x":"y`), authorizer.NoCaller},
		"a backslash in a client":          {signed("client_id", `shop\`), authorizer.NoCaller},
		"a direction override in a client": {signed("client_id", "shop\u202e"), authorizer.NoCaller},
		"a too long client":                {signed("client_id", strings.Repeat("a", 257)), authorizer.NoCaller},

		"no exp":                      {signed("exp", nil), authorizer.BadTime},
		"exp as a string":             {signed("exp", "9999999999"), authorizer.BadTime},
		"null for exp":                {signed("exp", null), authorizer.BadTime},
		"true for exp":                {signed("exp", true), authorizer.BadTime},
		"a list for exp":              {signed("exp", []int64{now + 60}), authorizer.BadTime},
		"a negative exp":              {signed("exp", -1), authorizer.BadTime},
		"exp too far in the future":   {signed("exp", int64(253402300800)), authorizer.BadTime},
		"exp out of range":            {with(`"exp":1111`, `"exp":1e400`), authorizer.BadTime},
		"exp in milliseconds":         {signed("exp", now*1000), authorizer.BadTime},
		"not a number":                {with(`"exp":1111`, `"exp":NaN`), authorizer.Malformed},
		"nbf as a string":             {signed("nbf", "0"), authorizer.BadTime},
		"null for nbf":                {signed("nbf", null), authorizer.BadTime},
		"iat as a string":             {signed("iat", "0"), authorizer.BadTime},
		"a negative iat":              {signed("iat", -5), authorizer.BadTime},
		"expired":                     {signed("exp", now-60), authorizer.Expired},
		"expired long ago":            {signed("exp", 0), authorizer.Expired},
		"just expired":                {signed("exp", float64(now)-60.0001), authorizer.Expired},
		"nbf in the future":           {signed("nbf", now+61), authorizer.NotYetValid},
		"iat in the future":           {signed("iat", now+61), authorizer.NotYetValid},
		"a number for a scope":        {signed("scope", 1), authorizer.BadPermissions},
		"null for a scope":            {signed("scope", null), authorizer.BadPermissions},
		"an object for a scope":       {signed("scope", map[string]any{"usher:read": true}), authorizer.BadPermissions},
		"a number among scopes":       {signed("scope", []any{"usher:read", 1}), authorizer.BadPermissions},
		"a nested list of scopes":     {signed("scope", []any{[]string{"usher:read"}}), authorizer.BadPermissions},
		"a number for scp":            {"Bearer " + i.issue(jwa.ES256, "ec", map[string]any{"scope": nil, "scp": 1}), authorizer.BadPermissions},
		"an object for roles":         {"Bearer " + i.issue(jwa.ES256, "ec", map[string]any{"scope": nil, "roles": map[string]any{}}), authorizer.BadPermissions},
		"a claim twice":               {with(`"exp":1111`, `"exp":1111,"exp":2000000000`), authorizer.Malformed},
		"a claim twice below":         {with(`"exp":1111`, `"exp":2e9,"x":{"y":[{"z":1,"z":2}]}`), authorizer.Malformed},
		"a payload that is not JSON":  {payload("iss=" + i.URL), authorizer.Malformed},
		"a list for a payload":        {payload("[" + string(i.claims(nil)) + "]"), authorizer.Malformed},
		"null for a payload":          {payload("null"), authorizer.Malformed},
		"a token for a payload":       {payload(i.good()), authorizer.Malformed},
		"two payloads":                {payload(string(i.claims(nil)) + string(i.claims(nil))), authorizer.Malformed},
		"a payload that is not UTF-8": {payload(strings.Replace(string(i.claims(nil)), "shop", "sh\xffp", 1)), authorizer.Malformed},
	}
}

// Every bad token is refused for the expected reason. Faults outside the signature and the
// claims are found without fetching keys.
func TestBadTokensAreRefused(t *testing.T) {
	count := 0
	for kind, table := range map[string]func(*issuer) map[string]bad{
		"form": badForms, "header": badHeaders, "signature": badSignatures, "claims": badClaims,
	} {
		i := newIssuer(t)
		for name, tt := range table(i) {
			count++
			t.Run(kind+"/"+name, func(t *testing.T) {
				got, err := i.auth.Check(t.Context(), tt.header)
				refusal, ok := errors.AsType[*authorizer.Refusal](err)
				if !ok {
					t.Fatalf("not refused: %+v, %v", got, err)
				}
				if refusal.Reason != tt.reason {
					t.Errorf("refused for %v, want %s", refusal, tt.reason)
				}
				if got.Caller != "" || got.Groups != nil {
					t.Errorf("refused, but grants %+v", got)
				}
			})
		}
		if kind == "form" || kind == "header" {
			i.Keys.Fetched(t, 0)
			continue
		}
		i.passes("Bearer "+i.good(), grant{"shop", "usher:read"})
	}
	if count < 60 {
		t.Errorf("%d bad tokens", count)
	}
}
